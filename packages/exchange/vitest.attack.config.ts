import { attackConfig } from '@bn/tooling/vitest';

export default attackConfig;
