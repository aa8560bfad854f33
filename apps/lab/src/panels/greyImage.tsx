/** A square grey image, as large as its style says. */
import { grey } from './imageColors.js';
import { SquareImage } from './squareImage.js';

interface GreyImageProps {
  /** A byte for each pixel. */
  readonly pixels: Uint8Array;
  /** Left out where the text beside it says the same. */
  readonly label?: string;
}

export const GreyImage = ({ pixels, label }: GreyImageProps) => (
  <SquareImage values={pixels} color={grey} {...(label !== undefined && { label })} />
);
