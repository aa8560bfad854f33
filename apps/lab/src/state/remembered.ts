/** Small choices that a browser keeps for the next visit, where it lets us: a tab's own before those of the last tab. */

const key = (name: string): string => `lenet-lab.${name}`;

// To touch them at all throws where a browser refuses to store.
const storages = [() => sessionStorage, () => localStorage];

/** What was chosen last, if it is still one of the choices. */
export function remembered<Choice extends string>(
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  try {
    for (const storage of storages) {
      const value = storage().getItem(key(name));
      const choice = choices.find((one) => one === value);
      if (choice !== undefined) return choice;
    }
  } catch {
    // Nothing was kept.
  }
  return undefined;
}

export function remember(name: string, choice: string): void {
  try {
    for (const storage of storages) storage().setItem(key(name), choice);
  } catch {
    // A browser that refuses to store asks again next time: no harm.
  }
}
