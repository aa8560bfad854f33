/** What DataParallel and torch.compile put in front of every name of the network that they wrap. */

const wrappers = ['module.', '_orig_mod.'];

/**
 * The beginning of all these names of a state dict that wrappers have put there, for example 'module.' or '_orig_mod.module.';
 * '' if there is none.
 *
 * @example
 * wrapperPrefix(['module.fc.weight', 'module.fc.bias']); // 'module.'
 */
export function wrapperPrefix(names: readonly string[]): string {
  const wrapper = wrappers.find((prefix) => names.every((name) => name.startsWith(prefix)));
  if (wrapper === undefined || names.length === 0) return '';
  return wrapper + wrapperPrefix(names.map((name) => name.slice(wrapper.length)));
}
