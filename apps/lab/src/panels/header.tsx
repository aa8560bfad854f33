/** The page's name, its language and its theme. */
import { type Language, language, languages, t } from '../messages/language.js';
import { remember } from '../state/remembered.js';
import { type ThemeChoice, themeChoice, themeChoices } from '../state/theme.js';

const documentation = document.querySelector<HTMLLinkElement>('link[rel=help]')!.href;

export function Header() {
  const { title, subtitle, theme } = t.value;
  return (
    <header class="head">
      <div>
        <h1>{title}</h1>
        <p>{subtitle}</p>
      </div>
      <div class="head-choices">
        <a href={documentation}>{t.value.documentation}</a>
        <button type="button" lang={t.value === languages.en ? 'zh-CN' : 'en'} onClick={switchLanguage}>
          {t.value.switchLanguage}
        </button>
        <label>
          <span class="visually-hidden">{theme.label}</span>
          <select
            value={themeChoice.value}
            onChange={({ currentTarget }) => {
              themeChoice.value = currentTarget.value as ThemeChoice;
            }}
          >
            {themeChoices.map((choice) => (
              <option key={choice} value={choice}>
                {`${theme.label}: ${theme[choice]}`}
              </option>
            ))}
          </select>
        </label>
      </div>
    </header>
  );
}

function switchLanguage(): void {
  const next: Language = language.value === 'en' ? 'zh' : 'en';
  language.value = next;
  remember('language', next);
}
