/** Files as text: `import text from './file.js?raw'`. For `/// <reference types="@bn/tooling/raw" />`. */
declare module '*?raw' {
  const text: string;
  export default text;
}
