/**
 * Lets WebGPU in Node (Dawn) find a Vulkan device on a machine without a GPU: the software renderer that comes with Chromium.
 * Must run before the process that uses it starts, since the system looks for libraries by its first environment.
 */
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { findChromium } from './browser.mjs';

const driver = 'vk_swiftshader_icd.json';

/**
 * Variables for the environment of a process that uses WebGPU: empty if the user has chosen a driver (VK_ICD_FILENAMES,
 * VK_DRIVER_FILES), if the platform has no Vulkan, or if no Chromium with a software renderer is found.
 *
 * @returns {Promise<Record<string, string>>}
 */
export async function softwareVulkan({ env, platform } = process) {
  if (env.VK_ICD_FILENAMES || env.VK_DRIVER_FILES || platform !== 'linux') return {};
  const chromium = await findChromium().catch(() => undefined);
  const folders = [
    chromium && dirname(realpathSync(chromium)),
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
  ];
  const folder = folders.find((path) => path && existsSync(join(path, driver)));
  if (!folder) return {};
  // The loader, libvulkan.so.1, lies beside the driver; a system without a GPU may lack its own.
  const libraries = [env.LD_LIBRARY_PATH, folder].filter(Boolean).join(delimiter);
  return { VK_ICD_FILENAMES: join(folder, driver), LD_LIBRARY_PATH: libraries };
}
