/** The look of the page that compares experiments. */
export const COMPARE_STYLE = `
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.chips small, .strip small, .rows small, .groups small, .small, button.small { color: var(--muted); font-size: 12px; font-weight: 400; }
.dot { display: inline-block; width: 9px; height: 9px; margin-right: 6px; border-radius: 50%; background: var(--k); }
.k0 { --k: #5b6b82; } .k1 { --k: #0e7c86; } .k2 { --k: #9338b8; } .k3 { --k: #dd5f13; } .k4 { --k: #2766c9; } .k5 { --k: #a8323e; }

.chips { gap: 8px; margin: 0; padding: 0; list-style: none; }
.chips > li { display: flex; align-items: center; gap: 6px; padding: 3px 12px; border: 1px solid var(--line-strong); border-radius: 16px; background: var(--card); overflow-wrap: anywhere; }
.chips > li > a:not(.small) { color: var(--ink); font-weight: 600; }
.chips .dot { margin: 0; flex: none; }
.alignment { margin: 12px 0; color: var(--muted); overflow-wrap: anywhere; }
.warn { padding: 8px 12px; border-left: 3px solid var(--bad); background: var(--bad-ground); color: var(--ink); }

.strip { font-size: 13px; }
.strip th, .strip td { padding: 4px 8px; vertical-align: middle; }
.strip thead th { background: none; }
.strip tbody th { color: var(--muted); font-weight: 400; }
@media screen and (min-width: 901px) {
  .strip th:first-child { max-width: 150px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
}
.strip small, .strip a { white-space: nowrap; }
.hist { margin-right: 6px; vertical-align: -3px; stroke: var(--bar); }
.verdict { color: var(--muted); }

.filters { position: relative; gap: 8px 14px; align-items: center; margin-top: 12px; padding: 8px 12px; border: 1px solid var(--line); border-radius: 8px 8px 0 0; background: var(--card); font-size: 14px; }
.filters + .scroll { margin-top: 0; border-top: 0; border-radius: 0 0 8px 8px; }
.tabs { gap: 2px; }
.tabs a { padding: 3px 9px; border-radius: 6px; }
.tabs a[aria-current] { background: var(--ink); color: var(--card); }
.filters .choice { margin: 0; }
.search { gap: 6px; }
.search p { flex-basis: 100%; margin: 0; }
.search select { max-width: 165px; }
.search input { width: 260px; max-width: 100%; }
input, select, textarea, .filters button, .jump button, .menu button { margin: 0; padding: 4px 8px; border: 1px solid var(--line-strong); border-radius: 6px; background: var(--card); color: var(--ink); font: inherit; font-size: 14px; max-width: 100%; }
.jump { display: inline; }
.jump input { width: 84px; }
.menu > summary { color: var(--link); cursor: pointer; }
.filters .menu > form, .filters .menu > ul { position: absolute; z-index: 3; display: grid; gap: 4px; max-width: 320px; margin: 4px 0 0; padding: 12px 16px; border: 1px solid var(--line-strong); border-radius: 8px; background: var(--card); list-style: none; overflow-wrap: anywhere; }
.groups { margin-top: 8px; }

.rows { table-layout: fixed; font-size: 14px; }
.rows thead th { position: sticky; top: 0; z-index: 1; }
.rows th:first-child { position: sticky; left: 0; unicode-bidi: plaintext; width: 96px; background: var(--card); }
.rows thead th:first-child { z-index: 2; background: var(--tint); }
.rows td, .rows th { padding: 8px 10px; overflow-wrap: anywhere; }
.compact p { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.rows p { margin: 0 0 4px; }
.rows p, .rows details { white-space: pre-line; unicode-bidi: plaintext; }
.rows summary { color: var(--muted); font-size: 12px; }
i, u, s { display: inline-block; margin: 0 3px 3px 0; padding: 0 6px; font-size: 12px; border-radius: 4px; background: var(--tint); font-style: normal; text-decoration: none; }
u { background: var(--good-ground); color: var(--good); }
s { background: var(--bad-ground); color: var(--bad); }
tr:target { outline: 2px solid var(--link); outline-offset: -2px; }
.rows tr { scroll-margin-top: 48px; }
.scroll:has(.rows, .strip):not(.many) { overflow: visible; }
.scroll:has(.strip) { margin-top: 12px; }
.many table { min-width: 2000px; }
.settings table { font-size: 14px; }
.settings th, .settings td { padding: 4px 10px; overflow-wrap: anywhere; }
.settings .differs { background: var(--tint); font-weight: 600; }

@media (max-width: 900px) {
  .strip, .rows, :is(.strip, .rows) :is(tbody, tr, th, td) { display: block; width: auto; }
  :is(.strip, .rows) thead { display: none; }
  .strip th, .strip td { padding: 1px 12px; border: 0; }
  .strip tr { padding: 5px 0; border-bottom: 1px solid var(--line); }
  .strip td::before, .rows td[data-name]::before { content: attr(data-name); margin-right: 8px; color: var(--k); font-size: 12px; }
  .strip .hist { display: none; }
  .rows td[data-name]::before { display: block; color: var(--muted); }
  .rows th:first-child { position: static; width: auto; background: none; }
  .rows td, .rows th { padding: 4px 12px; border: 0; }
  .rows tr { padding: 6px 0; border-bottom: 1px solid var(--line-strong); }
  main { padding-top: 14px; }
  .many table { min-width: 0; }
}
@media print {
  .filters, .groups, .chips .small, .chips .menu { display: none; }
  .strip, .rows, :is(.strip, .rows) :is(tbody, tr, th, td) { display: block; width: auto; max-width: none; }
  :is(.strip, .rows) thead { display: none; }
  .strip td::before, .rows td[data-name]::before { content: attr(data-name) ': '; font-weight: 600; }
  .compact p { -webkit-line-clamp: none; }
  .rows ::details-content { content-visibility: visible; }
  .rows th:first-child { position: static; }
  .rows tr { break-inside: avoid; border-bottom: 1px solid #999; }
  .settings, .scroll { overflow: visible; }
}
`;
