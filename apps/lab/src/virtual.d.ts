/** What tools/datasets-plugin.mjs makes: the data sets that are served with the page, and the addresses of their files. */
declare module 'virtual:datasets' {
  const datasets: readonly {
    readonly name: string;
    readonly files: Record<'trainImages' | 'trainLabels' | 'testImages' | 'testLabels', string>;
  }[];
  export default datasets;
}
