/** The look of the page that compares experiments. */
export const COMPARE_STYLE = `
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
small, .small, button.small { color: var(--muted); font-size: 0.85em; font-weight: 400; }
.dot { display: inline-block; width: 9px; height: 9px; margin-right: 6px; border-radius: 50%; background: var(--k); }
.k0 { --k: #5b6b82; } .k1 { --k: #0e7c86; } .k2 { --k: #9338b8; } .k3 { --k: #dd5f13; } .k4 { --k: #2766c9; } .k5 { --k: #a8323e; }

.chips { gap: 6px; margin: 0; padding: 0; list-style: none; }
.chips > li { display: flex; align-items: center; gap: 6px; padding: 2px 10px; border: 1px solid var(--line-strong); border-radius: 16px; background: var(--card); overflow-wrap: anywhere; }
.chips > li > a:not(.small) { color: var(--ink); font-weight: 600; }
.chips .dot { margin: 0; flex: none; }
.chips .small, .chips small { white-space: nowrap; }
.alignment { margin: 6px 0; color: var(--muted); font-size: 14px; overflow-wrap: anywhere; }

.strip { font-size: 13px; }
.strip th, .strip td { padding: 2px 8px; vertical-align: middle; }
.strip thead th { background: none; }
.strip tbody th { color: var(--muted); font-weight: 400; }
@media screen and (min-width: 901px) {
  .strip th:first-child { max-width: 150px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .many:has(.rows) { max-height: 96vh; }
  .strip:has(td:nth-child(6)) :is(.hist, a ~ small) { display: none; }
}
.strip small, .strip a { white-space: nowrap; }
.hist { margin-right: 6px; vertical-align: -3px; stroke: var(--bar); }

.filters { position: relative; gap: 4px 10px; align-items: center; margin-top: 8px; padding: 6px 8px; border: 1px solid var(--line); border-radius: 8px 8px 0 0; background: var(--card); font-size: 13px; }
.filters + .scroll { margin-top: 0; border-top: 0; border-radius: 0 0 8px 8px; }
.tabs a, .filters .choice a { padding: 3px 6px; border: 0; border-radius: 6px; }
.tabs a[aria-current] { background: var(--ink); color: var(--card); }
.filters .choice { gap: 0; margin: 0; font-size: 13px; }
search { flex: 1 1 340px; }
.search { gap: 4px; }
.filters > p { flex-basis: 100%; margin: 0; }
.search select { flex: 1; width: 95px; max-width: 170px; }
.search input { flex: 2; min-width: 100px; }
.jump { display: inline; }
.jump input { width: 84px; }
.menu > summary { color: var(--link); cursor: pointer; list-style: none; }
.filters .menu > form, .filters .menu > ul { position: absolute; right: 8px; z-index: 3; display: grid; gap: 4px; max-width: 320px; margin: 4px 0 0; padding: 12px 16px; border: 1px solid var(--line-strong); border-radius: 8px; background: var(--card); list-style: none; }
.menu label { display: flex; gap: 6px; align-items: center; overflow-wrap: anywhere; }

.rows { table-layout: fixed; font-size: 13px; line-height: 1.4; }
.rows thead th { position: sticky; top: 0; z-index: 1; }
.many th:first-child { position: sticky; left: 0; background: var(--card); }
.rows th:first-child { unicode-bidi: plaintext; width: 80px; }
.rows th.narrow { width: 48px; }
.rows:has(td:nth-child(6)) thead :is(:nth-child(2), :nth-child(3)) { width: 13%; }
.rows thead th:first-child { z-index: 2; background: var(--tint); }
.rows td, .rows th { padding: 5px 8px; overflow-wrap: anywhere; }
.rows p, .rows .value { margin: 0 0 3px; white-space: pre-line; }
.compact p, .clamp { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; white-space: normal; }
.rows p, .rows details { unicode-bidi: plaintext; }
.rows details { display: inline-block; }
.rows details[open] { display: block; white-space: pre-line; }
.rows summary { color: var(--muted); font-size: 12px; list-style: none; }
.strip a[href], .rows summary { text-decoration: underline dotted; }
i, u, s { display: inline-block; margin: 0 3px 2px 0; padding: 0 4px; font-size: 12px; border-radius: 4px; background: var(--tint); font-style: normal; text-decoration: none; }
u { background: var(--good-ground); color: var(--good); }
s { background: var(--bad-ground); color: var(--bad); }
tr:target { outline: 2px solid var(--link); outline-offset: -2px; }
.rows tr { scroll-margin-top: 48px; }
.scroll:has(.rows, .strip):not(.many) { overflow: visible; }
.scroll:has(.strip) { margin-top: 0; }
.many table { min-width: 2000px; }
.settings th, .settings td { padding: 4px 10px; overflow-wrap: anywhere; }
.settings .differs { background: var(--tint); font-weight: 600; }

@media print, (max-width: 900px) {
  .strip, .rows, :is(.strip, .rows) :is(tbody, tr, th, td) { display: block; width: auto; max-width: none; }
  .strip tr { display: flex; flex-wrap: wrap; gap: 0 6px; padding: 3px 8px; border-bottom: 1px solid var(--line); }
  .strip :is(th, td) { padding: 0; border: 0; }
  .strip tbody th { flex-basis: 100%; }
  .rows thead { display: none; }
  .many th:first-child { position: static; }
  .rows td, .rows th { padding: 4px 12px; border: 0; }
  .rows tr { padding: 6px 0; border-bottom: 1px solid var(--line-strong); }
  .rows td[data-name]::before { display: block; content: attr(data-name); color: var(--muted); font-size: 12px; }
}
@media screen and (max-width: 900px) {
  .strip thead { display: block; position: sticky; top: 0; z-index: 1; background: var(--card); }
  .strip thead th:first-child { display: none; }
  .strip tr { font-size: 12px; line-height: 1.35; }
  .strip thead th, .strip td { flex: 1 0 78px; }
  .strip :nth-child(2):nth-last-child(2) { flex: 0 0 92px; }
  .strip .hist, .strip a ~ small, .strip:has(td:nth-child(4)) a { display: none; }
  .words { font-size: 0; }
  .chips > li { padding: 1px 8px; gap: 4px; font-size: 14px; }
  header nav, main, dialog.drawer { padding-left: 16px; padding-right: 16px; }
  .drawer .sticky { position: static; }
  .many table { min-width: 0; }
  .line-chart text { font-size: 20px; }
}
@media print {
  .filters, .chips .small, .chips :has(> .menu), .strip thead { display: none; }
  .strip td::before, .rows td[data-name]::before { content: attr(data-name) ':\\a0'; font-weight: 600; }
  .strip td { flex: 1 0 45%; }
  .compact p { -webkit-line-clamp: none; }
  .rows ::details-content { content-visibility: visible; }
  .rows tr { break-inside: avoid; }
  .scroll { overflow: visible; }
}
`;
