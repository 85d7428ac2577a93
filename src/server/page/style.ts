import { COMPARE_STYLE } from './compare-style.js';

/** The look of all pages. System fonts and no pictures: nothing is fetched from anywhere. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #fbfbfa;
  --card: #fff;
  --line: #e4e3df;
  --line-strong: #cfcdc6;
  --ink: #1d1c1a;
  --muted: #6b6963;
  --link: #0b5cad;
  --good: #1a7440;
  --bad: #b3261e;
  --bad-ground: #fdf1f0;
  --good-ground: #e6f4ea;
  --bar: #8a98a8;
  --tint: #f4f3ef;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #171715;
    --card: #1f1f1c;
    --line: #34332f;
    --line-strong: #4a4943;
    --ink: #ecebe6;
    --muted: #a19e95;
    --link: #7db8f5;
    --good: #6cc48d;
    --bad: #f28b82;
    --bad-ground: #35211f;
    --good-ground: #1d3125;
    --bar: #7d8a99;
    --tint: #282723;
    }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 var(--sans); }
a { color: var(--link); text-decoration: none; }
.choice a:not([href]) { color: var(--muted); }
a:hover, p a, strong a, h2 a, .md-heading a, .markdown a { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
header nav, .figures, .marks, .bar-form, .choice, .chips, .filters, .tabs, .search { display: flex; flex-wrap: wrap; }
code { font: 0.92em var(--mono); }

.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; z-index: 9; padding: 6px 12px; background: var(--card); }
header { border-bottom: 1px solid var(--line); background: var(--card); }
header nav { padding: 7px 20px; gap: 2px 8px; color: var(--muted); font-size: 14px; }
h1, header nav, .feedback li, .trace a, .marks > span, .markdown { overflow-wrap: anywhere; }
header nav a:first-child { font-weight: 600; color: var(--ink); }
main { padding: 10px 20px 48px; outline: 0; }
h1 { margin: 0; font-size: 22px; font-weight: 650; }
h2 { margin: 20px 0 8px; font-size: 15px; font-weight: 650; }
.kind { margin: 0; color: var(--muted); font-size: 13px; }
.about { margin: 8px 0 0; max-width: 75ch; color: var(--muted); white-space: pre-wrap; overflow-wrap: anywhere; }
.none, .muted { color: var(--muted); }
.control { padding: 0 2px; background: var(--tint); color: var(--bad); font: 0.85em var(--mono); }

label.field { display: block; margin: 12px 0; }
.field textarea { display: block; width: 100%; max-width: 75ch; font: inherit; }
.choices { margin: 12px 0; padding: 8px 12px; border: 1px solid var(--line); border-radius: 6px; }
.choices label { margin-right: 20px; }
kbd { padding: 0 4px; border: 1px solid var(--line-strong); border-radius: 3px; font: 0.8em var(--mono); color: var(--muted); }
.figures { gap: 14px 36px; margin: 20px 0 0; padding: 0; }
.figures dt { color: var(--muted); font-size: 13px; overflow-wrap: anywhere; }
dd { margin: 0; }
.figures dd { font-size: 20px; font-weight: 600; }
.figures .of { font-size: 13px; font-weight: 400; color: var(--muted); }

.scroll, .whole .payload, .trace, .turn { border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
.scroll { margin-top: 16px; overflow-x: auto; }
h2 + .scroll { margin-top: 0; }
table, .figures, .marks { font-variant-numeric: tabular-nums; }
table { width: 100%; border-spacing: 0; font-size: 14px; }
th, td { padding: 7px 12px; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
tbody tr:hover { background: var(--tint); }
thead th { color: var(--muted); font-size: 13px; font-weight: 500; vertical-align: bottom; background: var(--tint); border: 0; }
thead th a { font-size: 14px; font-weight: 600; overflow-wrap: anywhere; }
tbody th { font-weight: 550; overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; }
thead .number { max-width: 160px; white-space: normal; overflow-wrap: break-word; }
.when { white-space: nowrap; color: var(--muted); }
.name { position: sticky; left: 0; min-width: 190px; background: inherit; }
tbody tr { background: var(--card); }
.place { width: 1%; max-width: 160px; color: var(--muted); }
.wide { min-width: 220px; max-width: 480px; }
.pick { width: 1%; padding-right: 0; }
.pick input { width: 16px; height: 16px; margin: 3px 0 0; accent-color: var(--link); }

.payload { font-size: 14px; }
.whole .payload:has(.chat) { padding: 0; border: 0; background: none; }
.drawer .bar-form { margin: 0; }
.trace .number { white-space: normal; }
.whole .payload { padding: 10px 14px; }
.field + .field { margin-top: 8px; }
.key { color: var(--muted); font-size: 12px; line-height: 1.4; overflow-wrap: anywhere; }
.value { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.call, .error, .value.code { font: 13px/1.5 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }
.payload img { display: block; max-width: 100%; max-height: 420px; border-radius: 6px; }
.chat { margin: 0; padding: 0; list-style: none; }
.turn { padding: 8px 12px; }
.turn + .turn { margin-top: 8px; }
.turn.asks { background: var(--tint); }
.call, .result { margin-top: 4px; padding: 6px 10px; border-left: 3px solid var(--link); background: var(--tint); }
.result { border-color: var(--good); }
.thought { color: var(--muted); }
.markdown > :first-child { margin-top: 0; }
.markdown > :last-child { margin-bottom: 0; }
.markdown p, .markdown ul, .markdown ol, .markdown table { margin: 8px 0; }
.markdown .md-heading { font-weight: 650; }
.markdown table { width: auto; border-collapse: collapse; }
.markdown table tr > * { padding: 3px 10px; border: 1px solid var(--line); }
.markdown blockquote { margin: 8px 0; padding-left: 12px; border-left: 3px solid var(--line-strong); }
.to-right { text-align: right; }
.to-center { text-align: center; }
.diff ins, .diff del { padding: 0 1px; border-radius: 2px; }
.diff ins { color: var(--good); background: var(--good-ground); text-decoration-thickness: 1px; }
.diff del { color: var(--bad); background: var(--bad-ground); }
.sparkline { width: 100px; height: 20px; vertical-align: middle; }
.sparkline polyline, .line-chart polyline { fill: none; stroke: var(--bar); stroke-width: 1.5; }
.sparkline circle, .line-chart circle { fill: var(--link); }
.line-chart { display: block; width: 100%; max-width: 960px; margin-top: 16px; overflow: visible; }
.line-chart text { fill: var(--muted); font: 11px var(--sans); }
.line-chart .grid { stroke: var(--line); }
.line-chart .baseline { stroke: var(--muted); stroke-dasharray: 4 4; }
.trace { margin: 0; padding: 8px 14px; list-style: none; font-size: 14px; }
.trace li { display: grid; grid-template-columns: 2fr 3fr clamp(80px, 28%, 190px); gap: 12px; align-items: center; padding: 3px 0; }
.trace a[aria-current] { font-weight: 650; }
.bar { width: 100%; height: 10px; fill: var(--bar); background: var(--tint); }
.bar .failed { fill: var(--bad); }
.more { margin-top: 6px; color: var(--muted); font-size: 13px; }
p.warn, .error { padding: 8px 12px; border-left: 3px solid var(--bad); border-radius: 3px; background: var(--bad-ground); color: var(--ink); }
.error + .payload { margin-top: 8px; }
.bad { color: var(--bad); }
.up { color: var(--good); white-space: nowrap; }
.down { color: var(--bad); white-space: nowrap; }
.marks { gap: 4px 14px; margin: 8px 0 0; font-size: 13px; }
.answer + .answer { margin-top: 14px; padding-top: 14px; border-top: 1px dashed var(--line-strong); }

.bar-form { gap: 6px 14px; align-items: center; margin-top: 12px; font-size: 14px; }
.bar-form .choice { align-items: center; margin: 0; }
.bar-form :has(> .close) { margin-left: auto; }
.sticky { position: sticky; top: 0; z-index: 2; padding: 8px 0; background: var(--page); }
button.main { border-color: var(--ink); background: var(--ink); color: var(--page); }
button.sort { max-width: 130px; overflow-wrap: break-word; }
button.sort, button.small { padding: 0; border: 0; background: none; color: inherit; font: inherit; text-align: inherit; }
button.sort:hover, button.small:hover { text-decoration: underline; }
.live { color: var(--good); font-weight: 500; }
header nav .help { margin: -2px 0 -2px auto; padding: 2px 10px; }
.pill { position: fixed; right: 20px; bottom: 20px; z-index: 5; border-color: var(--ink); background: var(--ink); color: var(--page); }
.pill:hover { color: var(--ink); }
dialog { border: 1px solid var(--line-strong); border-radius: 8px; background: var(--card); color: var(--ink); }
dialog > dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 16px; margin: 0 0 8px; }
dialog > dl dt { font-family: var(--mono); }
dialog.drawer { overflow: auto; position: fixed; z-index: 5; inset: 0 0 0 auto; width: min(100%, max(50vw, 640px)); max-width: none; height: 100%; max-height: none; margin: 0; padding: 0 20px 48px; border-radius: 0; border-width: 0 0 0 1px; background: var(--page); }

@media print {
  header, .skip, .choice, button.small, .bar-form, .pages > :not(span), .score-form, .pill, dialog { display: none; }
  main { padding: 0; }
  .scroll { overflow: visible; border: 0; }
  tr, .answer { break-inside: avoid; }
  thead th, th, td { padding: 3px 4px; font-size: 11px; }
  .number, .when { white-space: normal; }
  .name { min-width: 70px; }
}
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 270px), 1fr)); gap: 0 20px; }
.columns > * { min-width: 0; }
h3 { margin: 0 0 6px; font-size: 13px; color: var(--muted); font-weight: 500; }
.feedback, .attachments { margin: 10px 0 0; padding: 0; list-style: none; font-size: 14px; }
.feedback li { margin: 0 14px 4px 0; }
.feedback .brief { display: inline-block; }
.attachments img { display: block; max-width: 100%; max-height: 320px; }
.score-form { margin-top: 10px; font-size: 14px; }
.score-form label { display: block; margin-top: 8px; color: var(--muted); }
.score-form input, .score-form textarea { display: block; width: 100%; max-width: 420px; }
summary { cursor: pointer; }
.choice { gap: 4px; margin: 12px 0 0; font-size: 13px; }
.choice a { padding: 3px 10px; border: 1px solid var(--line-strong); border-radius: 6px; }
.choice a[aria-current] { background: var(--ink); border-color: var(--ink); color: var(--page); }
.pages { display: flex; gap: 20px; align-items: baseline; margin: 16px 0 0; color: var(--muted); font-size: 14px; }
button, input, select, textarea { padding: 3px 7px; max-width: 100%; border: 1px solid var(--line-strong); border-radius: 6px; background: var(--card); color: var(--ink); font: inherit; font-size: 13px; }
button { cursor: pointer; }
.score-form button { margin-top: 10px; }
button:hover { background: var(--tint); }
.empty { margin-top: 24px; padding: 32px; border: 1px dashed var(--line-strong); border-radius: 8px; }
.empty p { margin: 0 0 12px; }
.empty pre, .empty p:last-child { margin: 0; }
pre { padding: 12px 14px; border-radius: 6px; background: var(--tint); font: 14px/1.5 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }
${COMPARE_STYLE}`;
