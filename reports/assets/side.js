// What a page does in a browser: a chart is made live when a reader asks for it, tables are sorted and searched.
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

  function seriesTraces(content) {
    return content.d.map(function (one) {
      var rolling = one.k === "r", open = one.o || [];
      var trace = {
        type: "scatter", x: content.x, y: one.y, name: rolling ? "Rullende fire kvartaler" : "Kvartal",
        mode: rolling ? "lines+markers" : "markers", connectgaps: false, hoverinfo: "text",
        text: one.y.map(function (value, index) {
          return value === null ? "" : one.p[index] + "<br>" + one.n[index][0] + " af " + one.n[index][1] + " (" + share(value) + ")";
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
  function makeSortable(table) {
    var body = table.tBodies[0], rows = Array.prototype.slice.call(body.rows);
    rows.forEach(function (row, index) { row.dataset.place = index; });
    var columns = [], grid = [];
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
        if (cell.dataset.sort) { columns.push([cell, at]); }
        at += cell.colSpan;
      });
    });
    columns.forEach(function (pair) {
      var head = pair[0], index = pair[1], button = document.createElement("button");
      button.type = "button";
      while (head.firstChild) { button.appendChild(head.firstChild); }
      head.appendChild(button);
      button.addEventListener("click", function () {
        var numeric = head.dataset.sort === "number";
        var was = head.getAttribute("aria-sort");
        var falling = was ? was === "ascending" : numeric;
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
  }

  // Municipalities are found by their name alone, rows of the worklist by any of their words.
  function makeSearchable() {
    var box = document.querySelector(".search"), field = document.getElementById("soeg");
    var table = field && document.getElementById(field.getAttribute("aria-controls"));
    var told = document.getElementById("soeg-antal");
    if (!box || !table) { return; }
    box.hidden = false;
    var names = (table.dataset.counted || "kommune kommuner").split(" "), all = table.dataset.search === "all";
    function folded(text) { return text.toLowerCase().replace(/å/g, "aa").replace(/æ/g, "ae").replace(/ø/g, "oe"); }
    field.addEventListener("input", function () {
      var wanted = folded(field.value.trim()), count = 0;
      Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
        var found = folded(all ? row.textContent : row.cells[0].textContent).indexOf(wanted) >= 0;
        row.hidden = !found;
        count += found ? 1 : 0;
      });
      told.textContent = wanted ? count + " " + names[count === 1 ? 0 : 1] : "";
    });
  }

  document.querySelectorAll(".tall thead").forEach(function (head) {
    if (head.rows.length > 1) { head.style.setProperty("--first-row", head.rows[0].getBoundingClientRect().height + "px"); }
  });
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  makeSearchable();
  offerCharts();
})();
