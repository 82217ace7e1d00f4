// What a page does in a browser: a chart is made live when a reader asks for it, tables are sorted and searched, and
// chosen municipalities are put side by side.
// Without this script every page is whole: drawings and tables stand in the HTML.
"use strict";
(function () {
  var style = window.getComputedStyle(document.documentElement);
  function colour(name) { return style.getPropertyValue("--" + name).trim(); }
  var font = { family: "'IBM Plex Sans', system-ui, sans-serif", size: 12, color: colour("plain") };
  var settings = { displayModeBar: false, responsive: true };

  function layout(more) {
    return Object.assign({
      font: font, separators: ",.", height: 250, margin: { l: 56, r: 12, t: 8, b: 40 },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: true, hovermode: "closest",
      legend: { orientation: "h", y: -0.16, x: 0 },
      hoverlabel: { bgcolor: colour("paper"), bordercolor: colour("edge"), font: font, align: "left" },
      yaxis: { range: [-3, 103], tickvals: [0, 25, 50, 75, 100], ticktext: ["0", "25", "50", "75", "100 pct."], gridcolor: colour("grid"), zeroline: false, fixedrange: true },
      xaxis: { showgrid: false, zeroline: false, fixedrange: true }
    }, more);
  }
  function share(value) { return value.toFixed(1).replace(".", ",") + " pct."; }
  function difference(a, b) { return a === null || b === null ? 0 : Math.max(0, a - b); }

  // What a period of a chart is called, by its code (2026-Q3, or a year). The script of csv files asks for it too.
  window.periodName = function (isRolling, code) {
    var found = /^(\d{4})-Q(\d)$/.exec(code);
    if (!found) { return code; }
    var year = Number(found[1]), quarter = Number(found[2]);
    if (!isRolling) { return quarter + ". kvartal " + year; }
    var first = quarter === 4 ? "1. kvt. " + year : (quarter + 1) + ". kvt. " + (year - 1);
    return first + " til " + quarter + ". kvt. " + year;
  };
  function periodLabel(code) { return code.replace(/^\d\d(\d\d)-Q(\d)$/, "$2. kvt. $1"); }

  function seriesTraces(content) {
    return content.d.map(function (one) {
      var rolling = one.k === "r", open = one.o || [];
      var trace = {
        type: "scatter", x: content.q.map(periodLabel), y: one.y, name: rolling ? "Rullende fire kvartaler" : "Kvartal",
        mode: rolling ? "lines+markers" : "markers", connectgaps: false, hoverinfo: "text",
        text: one.y.map(function (value, index) {
          return value === null ? "" : window.periodName(rolling, content.q[index]) + "<br>" + one.n[index][0] + " af " + one.n[index][1] + " (" + share(value) + ")";
        })
      };
      if (rolling) {
        trace.line = { color: colour("blue"), width: 2.5 };
        trace.marker = { symbol: "square", size: 6, color: colour("blue") };
      } else {
        trace.marker = {
          size: 9, line: { color: colour("mark"), width: 2 },
          color: one.y.map(function (_, index) { return open.indexOf(index) < 0 ? colour("mark") : colour("paper"); })
        };
      }
      if (one.lo) {
        trace.error_y = {
          type: "data", symmetric: false, color: colour("edge"), thickness: 1.5, width: 0,
          array: one.y.map(function (value, index) { return difference(one.hi[index], value); }),
          arrayminus: one.y.map(function (value, index) { return difference(value, one.lo[index]); })
        };
      }
      return trace;
    });
  }

  function funnelTraces(content) {
    function line(y, name, dash, color, shown) {
      return { type: "scatter", mode: "lines", x: content.x, y: y, name: name, hoverinfo: "skip", showlegend: shown, line: { dash: dash, color: color, width: 1.3 } };
    }
    function points(list, name, marker) {
      return {
        type: "scatter", mode: "markers", name: name, marker: marker, hoverinfo: "text",
        x: list.map(function (p) { return p[2]; }), y: list.map(function (p) { return 100 * p[1] / p[2]; }),
        text: list.map(function (p) { return p[0] + "<br>" + p[1] + " af " + p[2] + " (" + share(100 * p[1] / p[2]) + ")"; })
      };
    }
    var near = content.l["0.025"], far = content.l["0.001"];
    var outside = content.d.filter(function (p) { return Math.abs(p[3]) === 2; });
    var inside = content.d.filter(function (p) { return Math.abs(p[3]) !== 2; });
    return [
      line(content.x.map(function () { return content.s; }), "Hele landet", "dash", colour("deep"), true),
      line(near[0], "95 pct.-grænser", "dot", colour("edge"), true), line(near[1], "", "dot", colour("edge"), false),
      line(far[0], "99,8 pct.-grænser", "solid", colour("mark"), true), line(far[1], "", "solid", colour("mark"), false),
      points(inside, content.u.charAt(0).toUpperCase() + content.u.slice(1), { size: 8, opacity: 0.7, color: colour("blue"), line: { color: colour("blue"), width: 1 } }),
      points(outside, "Uden for 99,8 pct.-grænserne", { size: 9, symbol: "square", color: colour("far") })
    ];
  }

  function draw(figure) {
    var content = JSON.parse(figure.querySelector(".chart-data").textContent), place = document.createElement("div");
    place.className = "live";
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", figure.querySelector(".drawn svg").getAttribute("aria-label"));
    figure.insertBefore(place, figure.querySelector("figcaption"));
    figure.classList.add("on");
    var funnel = content.t === "tragt";
    var more = funnel ? {
      height: 400, margin: { l: 56, r: 12, t: 8, b: 70 }, legend: { orientation: "h", y: -0.2, x: 0 },
      xaxis: {
        type: "log", range: [Math.log10(19), Math.log10(content.top)], tickvals: content.ticks, showgrid: false,
        zeroline: false, fixedrange: true, title: { text: "Frister i perioden (logaritmisk skala)" }
      }
    } : {};
    window.Plotly.newPlot(place, funnel ? funnelTraces(content) : seriesTraces(content), layout(more), settings);
  }

  // The library is larger than all else on a page, so it is fetched once, when somebody asks.
  var asked = null;
  function withLibrary(done) {
    if (window.Plotly) { done(); return; }
    if (asked) { asked.push(done); return; }
    asked = [done];
    var script = document.createElement("script");
    script.src = document.querySelector("script[data-library]").getAttribute("data-library");
    script.onload = function () { asked.forEach(function (one) { one(); }); };
    document.head.appendChild(script);
  }

  function offerCharts() {
    Array.prototype.forEach.call(document.querySelectorAll(".chart"), function (figure) {
      if (!figure.querySelector(".chart-data")) { return; }
      var button = document.createElement("button"), about = document.createElement("span");
      button.type = "button";
      button.className = "ask";
      button.textContent = "Vis tallene i figuren";
      about.className = "sr";
      about.textContent = ": " + figure.querySelector(".drawn svg").getAttribute("aria-label").split(":")[0];
      button.appendChild(about);
      button.addEventListener("click", function () {
        withLibrary(function () {
          if (figure.classList.contains("on")) { return; }
          draw(figure);
          button.remove();
        });
      });
      figure.appendChild(button);
    });
  }

  // The rows stand in Danish order in the HTML; sorting by text uses that order, because browsers differ on Aa.
  // What a reader has chosen stands in the address, so that it can be sent: a search, and a table's order.
  function told(name) { return new URLSearchParams(window.location.search).get(name) || ""; }
  function tell(name, value) {
    var every = new URLSearchParams(window.location.search);
    if (value) { every.set(name, value); } else { every.delete(name); }
    var asked = every.toString();
    try {
      window.history.replaceState(null, "", window.location.pathname + (asked ? "?" + asked : "") + window.location.hash);
    } catch (refused) { /* some browsers let no page of a file share change its address */ }
  }

  // The headings above each column of a table, down through its rows of them. The script of csv files asks for it too.
  window.headingGrid = function (table) {
    var grid = [];
    Array.prototype.forEach.call(table.tHead.rows, function (row, level) {
      var at = 0;
      Array.prototype.forEach.call(row.cells, function (cell) {
        while (grid[level] && grid[level][at]) { at += 1; }
        for (var down = 0; down < cell.rowSpan; down += 1) {
          for (var over = 0; over < cell.colSpan; over += 1) {
            grid[level + down] = grid[level + down] || [];
            grid[level + down][at + over] = cell;
          }
        }
        at += cell.colSpan;
      });
    });
    return grid;
  };

  function makeSortable(table) {
    var body = table.tBodies[0], rows = Array.prototype.slice.call(body.rows);
    rows.forEach(function (row, index) { row.dataset.place = index; });
    var columns = [], grid = window.headingGrid(table);
    grid.forEach(function (row) {
      row.forEach(function (cell, at) {
        var isKnown = columns.some(function (pair) { return pair[0] === cell; });
        if (cell.dataset.sort && !isKnown) { columns.push([cell, at]); }
      });
    });
    columns.forEach(function (pair) {
      var head = pair[0], index = pair[1], button = document.createElement("button");
      button.type = "button";
      while (head.firstChild) { button.appendChild(head.firstChild); }
      head.appendChild(button);
      var above = grid[0][index];
      if (above !== head) { button.setAttribute("aria-label", above.textContent.trim() + ": " + button.textContent.trim()); }
      button.addEventListener("click", function () {
        var numeric = head.dataset.sort === "number";
        var was = head.getAttribute("aria-sort");
        var falling = was ? was === "ascending" : numeric;
        if (table.id) { tell("orden", (index + 1) + (falling ? "-faldende" : "-stigende")); }
        columns.forEach(function (other) { other[0].removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", falling ? "descending" : "ascending");
        var texts = {};
        if (!numeric && index > 0) { rows.forEach(function (row) { texts[row.cells[index].textContent] = 1; }); }
        rows.sort(function (a, b) {
          var place = a.dataset.place - b.dataset.place;
          if (!numeric) {
            if (index === 0) { return falling ? -place : place; }
            var order = a.cells[index].textContent.localeCompare(b.cells[index].textContent, "da");
            return (falling ? -order : order) || place;
          }
          var left = a.cells[index].dataset.v, right = b.cells[index].dataset.v;
          if (left === "" || right === "") { return (left === "") - (right === "") || place; }
          return (falling ? right - left : left - right) || place;
        });
        rows.forEach(function (row) { body.appendChild(row); });
      });
    });
    var order = /^(\d+)-(faldende|stigende)$/.exec(table.id ? told("orden") : "");
    columns.forEach(function (pair) {
      var wanted = order && Number(order[1]) === pair[1] + 1, rises = order && order[2] === "stigende";
      // The first press of a column of numbers falls and of one of texts rises; the second turns it.
      for (var presses = wanted ? ((pair[0].dataset.sort === "number") === rises ? 2 : 1) : 0; presses > 0; presses -= 1) {
        pair[0].querySelector("button").click();
      }
    });
  }

  // Spelling differs (Århus, Aarhus; Høje Taastrup, Høje-Taastrup), and so do capitals.
  function folded(text) {
    return text.trim().toLowerCase().replace(/å/g, "aa").replace(/æ/g, "ae").replace(/ø/g, "oe").replace(/[\s-]+/g, " ");
  }

  // By what a row is found: its own name ("" in full), or the start of its code or of another name; null when by nothing.
  function foundAs(row, wanted) {
    if (folded(row.cells[0].textContent).indexOf(wanted) >= 0) { return ""; }
    var others = (row.dataset.names || "").split("|");
    for (var at = 0; at < others.length; at += 1) {
      if (others[at] && folded(others[at]).indexOf(wanted) === 0) { return others[at]; }
    }
    return null;
  }

  // Municipalities are found by their names and codes, rows of the worklist by any of their words.
  function makeSearchable() {
    var box = document.querySelector(".search"), field = document.getElementById("soeg");
    var table = field && document.getElementById(field.getAttribute("aria-controls"));
    var counted = document.getElementById("soeg-antal");
    if (!box || !table) { return; }
    box.hidden = false;
    var names = (table.dataset.counted || "kommune kommuner").split(" "), all = table.dataset.search === "all";
    function search() {
      var wanted = folded(field.value), count = 0, other = "";
      Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
        var as = all ? (folded(row.textContent).indexOf(wanted) >= 0 ? "" : null) : foundAs(row, wanted);
        row.hidden = as === null;
        if (as !== null) { count += 1; other = as; }
      });
      tell("soeg", field.value.trim());
      counted.textContent = wanted ? count + " " + names[count === 1 ? 0 : 1] + (count === 1 && other ? " (" + other + ")" : "") : "";
    }
    field.addEventListener("input", search);
    if (told("soeg")) {
      field.value = told("soeg");
      search();
    }
  }

  // Up to five municipalities beside the nation and those nearest in deadlines. Only rows that stand on the page are
  // shown again; which ones are chosen is told by the address alone, so that it can be sent.
  function offerComparison() {
    var place = document.getElementById("sammenlign"), table = document.getElementById("kommunetabel");
    if (!place || !table) { return; }
    var most = 5, near = 4;
    var duty = document.getElementById("valgt-pligt"), field = document.getElementById("valgt-kommune");
    var buttons = place.querySelectorAll("button"), told = place.querySelector(".told"), list = place.querySelector(".chosen");
    var shown = place.querySelector(".scroll"), body = shown.querySelector("tbody");
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    function code(row) { return row.id.replace("kommune-", ""); }
    function name(row) { return row.cells[0].textContent.trim(); }
    function chosen() {
      var found = /^#kommune-([\d,]+)$/.exec(window.location.hash), codes = found ? found[1].split(",") : [];
      return codes.map(function (one) { return document.getElementById("kommune-" + one); }).filter(function (row, at, every) {
        return row && every.indexOf(row) === at;
      }).slice(0, most);
    }
    function address(some) { return some.length ? "#kommune-" + some.map(code).join(",") : "#kommuner"; }
    // Not a visit to the address, which would take the reader down to the row and the cursor out of the field.
    function choose(some) {
      window.history.replaceState(null, "", address(some));
      show();
    }

    function line(row, first, more) {
      var made = document.createElement("tr");
      [0, first, first + 1, first + 2, first + 3, first + 4].forEach(function (at) { made.appendChild(row.cells[at].cloneNode(true)); });
      if (more) { made.cells[0].appendChild(document.createTextNode(more)); }
      body.appendChild(made);
    }
    function heading(text) {
      var made = document.createElement("tr"), cell = document.createElement("th");
      cell.scope = "rowgroup";
      cell.colSpan = 6;
      cell.textContent = text;
      made.className = "group";
      made.appendChild(cell);
      body.appendChild(made);
    }
    function due(row) { return row.cells[2].dataset.v === "" ? null : Number(row.cells[2].dataset.v); }
    function nearest(some) {
      var middle = due(some[0]);
      if (middle === null) { return null; }
      return rows.filter(function (row) { return some.indexOf(row) < 0 && due(row) !== null; }).sort(function (a, b) {
        return Math.abs(due(a) - middle) - Math.abs(due(b) - middle) || a.dataset.place - b.dataset.place;
      }).slice(0, near).sort(function (a, b) { return a.dataset.place - b.dataset.place; });
    }

    function show() {
      var some = chosen();
      list.textContent = "";
      body.textContent = "";
      some.forEach(function (row) {
        var item = document.createElement("li"), remove = document.createElement("button");
        item.textContent = name(row) + " ";
        remove.type = "button";
        remove.className = "ask";
        remove.textContent = "Fjern";
        remove.setAttribute("aria-label", "Fjern " + name(row));
        remove.addEventListener("click", function () {
          choose(some.filter(function (one) { return one !== row; }));
          field.focus();
        });
        item.appendChild(remove);
        list.appendChild(item);
        line(row, 2);
      });
      shown.hidden = !some.length;
      if (!some.length) { return; }
      var year = place.dataset.year, nation = document.getElementById("landet"), alike = nearest(some);
      shown.querySelector("caption").textContent = "De valgte kommuner, " + year;
      heading("Til sammenligning");
      if (nation) { line(nation, 1, nation.dataset.year === year ? "" : ", " + nation.dataset.year); }
      heading(alike === null ? "Antallet af frister i " + name(some[0]) + " er skjult, så kommuner med lignende antal kan ikke findes" : "Nærmest " + name(some[0]) + " i antal frister");
      (alike || []).forEach(function (row) { line(row, 2); });
    }

    function add() {
      var wanted = folded(field.value), some = chosen();
      if (!wanted) { return; }
      var found = rows.filter(function (row) { return foundAs(row, wanted) !== null; });
      var exact = found.filter(function (row) {
        return [name(row)].concat((row.dataset.names || "").split("|")).some(function (one) { return folded(one) === wanted; });
      });
      if (exact.length === 1) { found = exact; }
      if (found.length !== 1) {
        var few = found.map(name).slice(0, 6).join(", ") + (found.length > 6 ? " og flere" : "");
        told.textContent = found.length ? "»" + field.value.trim() + "« kan være " + few + ". Skriv mere af navnet." : "Ingen kommune hedder »" + field.value.trim() + "«.";
      } else if (some.indexOf(found[0]) >= 0) {
        told.textContent = name(found[0]) + " er valgt.";
      } else if (some.length === most) {
        told.textContent = "Der er valgt fem kommuner. Fjern en af dem først.";
      } else {
        told.textContent = name(found[0]) + " er tilføjet.";
        field.value = "";
        choose(some.concat(found));
      }
    }

    place.hidden = false;
    buttons[0].addEventListener("click", function () { window.location.href = duty.value + address(chosen()); });
    buttons[1].addEventListener("click", add);
    field.addEventListener("keydown", function (event) { if (event.key === "Enter") { event.preventDefault(); add(); } });
    window.addEventListener("hashchange", show);
    show();
    if (chosen().length) { place.scrollIntoView(); }
  }

  // A case on any list is found by its number; the register of them is fetched when somebody asks.
  function offerCases() {
    var place = document.getElementById("find-sag");
    if (!place) { return; }
    var field = place.querySelector("input"), status = place.querySelector("[role=status]"), most = 6;
    function leadTo(found) {
      status.textContent = found.length > most ? found.length + " sager begynder sådan. Skriv mere af nummeret." : "";
      found.slice(0, found.length > most ? 0 : most).forEach(function (one) {
        var link = document.createElement("a"), where = one[1].split("/");
        link.href = one[1];
        link.textContent = one[0] + (where.length > 2 ? ", kommune " + where[1] : "");
        status.appendChild(link);
        status.appendChild(document.createTextNode(" "));
      });
    }
    function find() {
      var wanted = folded(field.value), every = [];
      if (!wanted) { return; }
      Object.keys(window.casePages).forEach(function (folder) {
        window.casePages[folder].forEach(function (one) {
          var both = typeof one === "string" ? [one, one] : one;
          every.push([both[0], folder + both[1] + ".html"]);
        });
      });
      var found = every.filter(function (one) { return folded(one[0]) === wanted; });
      if (found.length === 1) { window.location.href = found[0][1]; return; }
      if (!found.length) { found = every.filter(function (one) { return folded(one[0]).indexOf(wanted) === 0; }); }
      if (found.length) { leadTo(found); return; }
      status.textContent = "Sag »" + field.value.trim() + "« står ikke på nogen liste: den er hverken åben eller sen i de seneste fire kvartaler.";
    }
    function ask() {
      if (window.casePages) { find(); return; }
      var script = document.createElement("script");
      script.src = place.dataset.register;
      script.onload = find;
      document.head.appendChild(script);
    }
    place.hidden = false;
    place.querySelector("button").addEventListener("click", ask);
    field.addEventListener("keydown", function (event) { if (event.key === "Enter") { event.preventDefault(); ask(); } });
  }

  document.querySelectorAll(".tall thead").forEach(function (head) {
    if (head.rows.length > 1) { head.style.setProperty("--first-row", head.rows[0].getBoundingClientRect().height + "px"); }
  });
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  makeSearchable();
  offerComparison();
  offerCases();
  offerCharts();
})();
