/** Small choices that a browser keeps for the next visit, where it lets us. */

const key = (name: string): string => `lenet-lab.${name}`;

/** What was chosen last, if it is still one of the choices. */
export function remembered<Choice extends string>(
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  try {
    const value = localStorage.getItem(key(name));
    return choices.find((choice) => choice === value);
  } catch {
    return undefined;
  }
}

export function remember(name: string, choice: string): void {
  try {
    localStorage.setItem(key(name), choice);
  } catch {
    // A browser that refuses to store asks again next time: no harm.
  }
}
