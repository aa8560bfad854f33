/** What the page has to tell. Errors interrupt a screen reader, information waits. */
import { t } from '../messages/language.js';
import type { Notice } from '../state/notice.js';
import { dismiss, notices } from '../state/page.js';

export function Notices() {
  const of = (tone: Notice['tone']) => notices.value.filter((notice) => notice.tone === tone);
  return (
    <div class="notices">
      <div role="alert">{of('error').map(show)}</div>
      <div role="status">{of('information').map(show)}</div>
    </div>
  );
}

const show = (notice: Notice) => (
  <div class={`notice notice-${notice.tone}`}>
    <p>{notice.text(t.value)}</p>
    {notice.action && (
      <button type="button" class="primary" onClick={notice.action.run}>
        {notice.action.label(t.value)}
      </button>
    )}
    {/* What has a way out stays until it is taken. */}
    {!notice.action && (
      <button type="button" onClick={() => dismiss(notice)}>
        {t.value.notices.dismiss}
      </button>
    )}
  </div>
);
