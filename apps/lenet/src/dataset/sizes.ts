/** The sizes that network and data share. Apart from what needs tfjs: the lab's page leaves that to its worker. */

/** Height and width of every image. */
export const imageSize = 28;
/** Pixels of one image. */
export const pixelsPerImage = imageSize * imageSize;
/** Kinds of clothing in Fashion-MNIST. */
export const classCount = 10;
