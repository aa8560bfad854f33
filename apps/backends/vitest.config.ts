import { sharedTestConfig } from '@bn/tooling/vitest';
import { softwareVulkan } from '@bn/tooling/vulkan';
import { defineConfig } from 'vitest/config';

// Before vitest starts the processes in which tests run.
Object.assign(process.env, await softwareVulkan());

export default defineConfig(sharedTestConfig);
