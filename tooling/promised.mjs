/** Whether a parser took the file; throws what it has not promised to throw. */
export async function takes(parse, ...errors) {
  try {
    await parse();
    return true;
  } catch (error) {
    if (errors.some((kind) => error instanceof kind) && error.message !== '') return false;
    throw error;
  }
}

export function must(condition, text) {
  if (!condition) throw new Error(`accepted, though ${text}`);
}
