/** The look of the report and of the page: light and dark as the reader has it, from the width of a phone. */
export const styleSheet = `
:root { color-scheme: light dark; --line: #8885; --accent: light-dark(#0060a8, #6cb6ff); --loss: light-dark(#a33b00, #ffb27d); }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }
main { max-width: 1500px; margin: 0 auto; padding: 16px; }
h1 { font-size: 1.6em; margin: 0 0 8px; }
h2 { font-size: 1.2em; margin: 28px 0 8px; }
.verdict { margin: 0 0 12px; padding-left: 1.2em; }
.machine { margin: 0; padding: 0; list-style: none; font-size: 0.9em; overflow-wrap: anywhere; }
.legend { margin: 12px 0; padding-left: 1.2em; font-size: 0.9em; }
.table { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; font-size: 0.85em; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 7px; text-align: right; border-bottom: 1px solid var(--line); }
tr:last-child > * { border-bottom: 0; }
th:first-child { text-align: left; min-width: 14em; position: sticky; left: 0; background: Canvas; }
thead th { font-weight: 600; vertical-align: bottom; }
figcaption { font-size: 0.85em; font-weight: 600; }
tbody th { font-weight: 400; }
.loss { color: var(--loss); font-weight: 600; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(360px, 100%), 1fr)); gap: 16px; }
figure { margin: 0; min-width: 0; }
figure svg { width: 100%; height: auto; max-width: 420px; display: block; }
summary { cursor: pointer; color: var(--accent); }
td { min-width: 4.5em; }
@media (max-width: 500px) { th:first-child { min-width: 120px; } th, td { padding: 4px 6px; } }
`;
