import type { ViteUserConfig } from 'vitest/config';

export declare const sharedTestConfig: ViteUserConfig;
export declare const attackConfig: ViteUserConfig;

export declare function nodeAndBrowserConfig(options?: {
  setupFiles?: string[];
  dependencies?: string[];
  maxWorkers?: number;
  together?: string[];
}): Promise<ViteUserConfig>;
