/** What is wrong with a field of the form, said beside it. */
import { messageOf, UsageError } from '../errors.js';

/** A field's value cannot be used. */
export class FieldError extends UsageError {
  constructor(
    /** The field's name in the form. */
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

/** Reads a field; what is wrong with its value becomes a FieldError. */
export function inField<Value>(field: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof UsageError ? new FieldError(field, messageOf(error)) : error;
  }
}

const faultId = 'field-fault';

/** Marks the field, says below it what is wrong, and puts the keyboard there. The mark goes when something is changed. */
export function showFault(form: HTMLFormElement, { field, message }: FieldError): void {
  clearFault(form);
  const [input] = form.querySelectorAll<HTMLInputElement>(`[name="${field}"]`);
  const place = input!.closest('fieldset') ?? input!.closest('label')!;
  const text = document.createElement('p');
  Object.assign(text, { id: faultId, textContent: message });
  text.setAttribute('role', 'alert');
  place.classList.add('faulty');
  place.after(text);
  input!.setAttribute('aria-invalid', 'true');
  input!.setAttribute('aria-errormessage', faultId);
  input!.focus();
  form.addEventListener('input', () => clearFault(form), { once: true });
}

export function clearFault(form: HTMLFormElement): void {
  form.querySelector(`#${faultId}`)?.remove();
  for (const place of form.querySelectorAll('.faulty')) place.classList.remove('faulty');
  for (const input of form.querySelectorAll('[aria-invalid]')) {
    input.removeAttribute('aria-invalid');
    input.removeAttribute('aria-errormessage');
  }
}
