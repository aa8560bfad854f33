/** What Fashion-MNIST's classes 0 to 9 are. https://github.com/zalandoresearch/fashion-mnist#labels */
export const classNames = [
  'T-shirt/top',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
] as const;
