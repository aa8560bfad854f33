/** The four files of a data set, under the names that MNIST gave them, and what is known about their contents. */

/** The files by what they hold. */
export const fileNames = {
  trainImages: 'train-images-idx3-ubyte.gz',
  trainLabels: 'train-labels-idx1-ubyte.gz',
  testImages: 't10k-images-idx3-ubyte.gz',
  testLabels: 't10k-labels-idx1-ubyte.gz',
} as const;

export type FileKey = keyof typeof fileNames;

/**
 * SHA-256 of each file's contents after decompression. Not of the .gz: Debian's package and Zalando's server hold the
 * same contents in gzip envelopes that differ in name and time stamp.
 */
export type Checksums = Readonly<Record<FileKey, string>>;

/** Fashion-MNIST: 60,000 and 10,000 images. */
export const fullChecksums: Checksums = {
  trainImages: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
  trainLabels: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  testImages: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  testLabels: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
};

/** The committed subset of Fashion-MNIST, as scripts/cutMini.mjs cuts it: 6,000 and 1,000 images. */
export const miniChecksums: Checksums = {
  trainImages: 'cf313073c7eb485392848071d5c433571d7166043e971e3345b095cc30518084',
  trainLabels: '097b93fbcf9bd5bc648b1a457ddc55c9e4ab49afb33f9ecae8ce068399a75e3a',
  testImages: '7cee33c3c6414b1b86c25e665a6c4f41584269de3b7cc9768b1d351922845eef',
  testLabels: '3128d790775889812b73c4f13923559c8b9e281d112c6ea7862acf60a206a909',
};
