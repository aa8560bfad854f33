export declare function serveLab(options: {
  folder: string;
  port?: number;
  open?: boolean;
  headers?: Record<string, string>;
}): Promise<{ url: string; close: () => Promise<void> }>;
