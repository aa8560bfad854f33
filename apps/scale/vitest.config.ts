import { sharedTestConfig } from '@bn/tooling/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig(sharedTestConfig);
