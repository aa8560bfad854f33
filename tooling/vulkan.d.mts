export function softwareVulkan(
  surroundings?: Pick<NodeJS.Process, 'env' | 'platform'>,
): Promise<Record<string, string>>;
