export declare const environment: 'Node' | 'Chromium';

export declare function inThisEnvironment(name: string): {
  label: string;
  report: string | ((matrix: object) => Promise<void>);
};
