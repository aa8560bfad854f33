/**
 * Remembers the shaders that `build` has put together, by its options. The same source is then the same string, which is
 * found among the compiled programs without being hashed again.
 */
export function memoized<Options extends object>(
  build: (options: Options) => string,
): (options: Options) => string {
  const built = new Map<string, string>();
  return (options) => {
    const key = JSON.stringify(options);
    let source = built.get(key);
    if (source === undefined) {
      source = build(options);
      built.set(key, source);
    }
    return source;
  };
}
