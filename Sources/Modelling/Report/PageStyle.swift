/// The style of the report's page: light or dark as the reader's system has it, and dark ink on white in print.
enum PageStyle {
    static let css: Markup = """
        :root{color-scheme:light dark;--paper:#fff;--panel:#f6f7f9;--ink:#1a2230;--soft:#566072;--rule:#dde1e8;\
        --bad:#b4452c;--good:#20638f;--mark:#8a6100;--wash:#fbf0d9}
        @media (prefers-color-scheme:dark){:root{--paper:#14181f;--panel:#1c222b;--ink:#e4e8ee;--soft:#9ba6b6;\
        --rule:#323b48;--bad:#ef8a6d;--good:#6db7e8;--mark:#e6b652;--wash:#3a3015}}
        @media print{:root{--paper:#fff;--panel:#fff;--ink:#000;--soft:#444;--rule:#bbb;--bad:#b4452c;--good:#20638f;\
        --mark:#8a6100;--wash:#fff}section,figure,tr{break-inside:avoid}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);\
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
        main{max-width:1120px;margin:0 auto;padding:28px 20px 64px}
        h1{font-size:1.7rem;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
        h2{font-size:1.2rem;margin:44px 0 6px;padding-top:14px;border-top:1px solid var(--rule)}
        h3{font-size:1rem;margin:26px 0 4px;overflow-wrap:anywhere}
        p{margin:6px 0 12px;max-width:76ch;overflow-wrap:anywhere}
        .soft,figcaption,caption,dt{color:var(--soft)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:10px;margin:20px 0 6px}
        .tile{background:var(--panel);border:1px solid var(--rule);border-radius:8px;padding:10px 14px}
        .tile b{display:block;font-size:1.45rem;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}
        .tile span{display:block;color:var(--soft);font-size:.84rem}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 18px;margin:12px 0}
        dd{margin:0;overflow-wrap:anywhere}
        code{font:.86em ui-monospace,"SF Mono",Menlo,"DejaVu Sans Mono",monospace}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:14px;margin:14px 0}
        figure{margin:0;background:var(--panel);border:1px solid var(--rule);border-radius:8px;padding:12px 12px 6px}
        .plots>figure:only-child{max-width:560px}
        figcaption{font-size:.9rem;margin-bottom:4px}
        figcaption b{display:block;color:var(--ink)}
        .key{white-space:nowrap;margin-right:12px}
        .key::before{content:"";display:inline-block;width:18px;height:0;border-top:3px solid var(--k);\
        margin-right:5px;vertical-align:middle}
        .key.bad{--k:var(--bad)}.key.good{--k:var(--good)}.key.ref{--k:var(--soft);}
        .key.ref::before,.key.dash::before{border-top-style:dashed}
        svg{display:block;width:100%;height:auto;font-size:11.5px}
        svg text{fill:var(--soft)}svg .note{fill:var(--ink);font-weight:600;paint-order:stroke;stroke:var(--panel);stroke-width:4px}svg .name{font-size:12px}
        path{fill:none}.grid{stroke:var(--rule)}.axis{stroke:var(--soft)}
        path.bad,path.good{stroke-width:2.2;stroke-linejoin:round}
        path.thin{stroke-width:1.3}
        path.bad{stroke:var(--bad)}path.good{stroke:var(--good)}
        path.ref{stroke:var(--soft);stroke-dasharray:4 4}
        path.dash{stroke-dasharray:7 4}
        rect.bad,circle.bad{fill:var(--bad)}rect.good,circle.good{fill:var(--good)}
        rect{opacity:.82}
        .wide{overflow-x:auto;margin:10px 0 4px}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.92rem;min-width:min(100%,560px)}
        caption{text-align:left;padding:0 0 6px;font-size:.9rem;max-width:76ch}
        th,td{padding:4px 12px;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}
        th{font-weight:600;color:var(--soft);vertical-align:bottom}
        th:first-child,td:first-child,.left{text-align:left}
        td:first-child{white-space:normal;min-width:12ch;max-width:44ch;overflow-wrap:anywhere}
        th:first-child,td:first-child{padding-left:2px}
        .points table{width:100%}.points td:first-child{width:34%}
        tr.sum td{font-weight:600;border-top:2px solid var(--rule)}
        .share{display:inline-block;width:70px;height:8px;margin-left:8px;background:linear-gradient(to right,\
        var(--k,var(--bad)) var(--v),var(--rule) var(--v));border-radius:2px;vertical-align:middle;\
        print-color-adjust:exact;-webkit-print-color-adjust:exact}
        .mark{color:var(--mark);font-weight:600}
        .callout{background:var(--wash);border-left:4px solid var(--mark);padding:8px 14px;border-radius:4px;\
        margin:12px 0;max-width:90ch}
        footer{margin-top:48px;padding-top:14px;border-top:1px solid var(--rule);color:var(--soft);font-size:.88rem}
        @media (max-width:560px){main{padding:18px 14px 40px}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}\
        th,td{padding:4px 8px}h1{font-size:1.4rem}}
        """
}

/// Pieces that several sections of a page have.
extension Markup {
    /// A table in a frame that scrolls where the page is narrower. The first column is text, the others numbers.
    static func table(_ caption: String, _ names: [String], _ rows: [[Markup]], sum: [Markup]? = nil) -> Markup {
        let head = names.map { "<th scope=\"col\">\($0)</th>" as Markup }.joined()
        func line(_ cells: [Markup]) -> Markup { cells.map { "<td>\($0)</td>" as Markup }.joined() }
        let body = rows.map { "<tr>\(line($0))</tr>\n" as Markup }.joined()
        let last: Markup = sum.map { "<tr class=\"sum\">\(line($0))</tr>\n" } ?? ""
        return """
            <div class="wide"><table><caption>\(caption)</caption><thead><tr>\(head)</tr></thead><tbody>
            \(body)\(last)</tbody></table></div>

            """
    }

    /// A diagram with its heading and the meaning of its lines.
    static func figure(_ heading: String, _ keys: [(style: String, text: String)], _ plot: Plot) -> Markup {
        let legend = keys.map { "<span class=\"key \($0.style)\">\($0.text)</span>" as Markup }.joined()
        return "<figure><figcaption><b>\(heading)</b>\(legend)</figcaption>\(plot.svg)</figure>\n"
    }

    /// A bar of a share beside its number.
    static func shareBar(_ share: Double?, _ style: String = "bad") -> Markup {
        guard let share else { return "–" }
        let text = NumberText.percent(share)
        let width = String(Int((min(max(share, 0), 1) * 100).rounded()))
        return "\(text)<span class=\"share\" style=\"--k:var(--\(style));--v:\(width)%\"></span>"
    }
}
