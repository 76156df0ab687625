/** The look of a picture: system fonts, and colours for a light and a dark page. */
export const style = `
.mr-graph{--bg:#ffffff;--box:#f5f7fc;--edge:#6b7690;--ink:#1c2230;--soft:#566079;--frame:#a9b3cc;--in0:#ffffff;--in1:#fafbfe;--in2:#f3f5fb;--time:#875600;--fail:#b32417;--done:#14703f;--auto:#6a3fb5;font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",sans-serif}
@media (prefers-color-scheme:dark){.mr-graph{--bg:#12151d;--box:#1f2533;--edge:#8a95b0;--ink:#e8ebf4;--soft:#a5afc6;--frame:#465069;--in0:#12151d;--in1:#171b26;--in2:#1b202d;--time:#e6b45c;--fail:#ff8d7e;--done:#6fce98;--auto:#b99af2}}
.mr-graph .page{fill:var(--bg)}
.mr-graph .shape{fill:var(--box);stroke:var(--frame);stroke-width:1.25}
.mr-graph .frame{stroke:var(--frame);stroke-width:1.25}
.mr-graph .in0{fill:var(--in1)}
.mr-graph .in1{fill:var(--in2)}
.mr-graph .under0{fill:var(--in0)}
.mr-graph .under1{fill:var(--in1)}
.mr-graph .under2{fill:var(--in2)}
.mr-graph .dashed{stroke-dasharray:5 4}
.mr-graph .bare{fill:none;stroke:none}
.mr-graph .rule{fill:none;stroke:var(--frame);stroke-width:1.25}
.mr-graph .faint{stroke-opacity:.45}
.mr-graph .solid{fill:var(--ink);stroke:none}
.mr-graph .ring{fill:var(--bg);stroke:var(--ink);stroke-width:1.5}
.mr-graph text{fill:var(--ink);font-size:11.5px}
.mr-graph .middle{text-anchor:middle}
.mr-graph .title{font-size:13.5px;font-weight:600}
.mr-graph .detail,.mr-graph .guard,.mr-graph .action{fill:var(--soft)}
.mr-graph .head text{paint-order:stroke;stroke:var(--in1);stroke-width:3px;stroke-linejoin:round}
.mr-graph .trigger{font-weight:600}
.mr-graph .way{fill:none;stroke:var(--edge);stroke-width:1.4}
.mr-graph .tip{fill:var(--edge);stroke:none}
.mr-graph .after .trigger{fill:var(--time)}
.mr-graph .error .trigger,.mr-graph .failure .trigger{fill:var(--fail)}
.mr-graph .done .trigger{fill:var(--done)}
.mr-graph .always .trigger{fill:var(--auto)}
.mr-graph .after .way,.mr-graph .again .way{stroke-dasharray:6 3}
.mr-graph .error .way,.mr-graph .failure .way{stroke:var(--fail);stroke-opacity:.75}
.mr-graph .error .tip,.mr-graph .failure .tip{fill:var(--fail)}
`.trim();
