// Each table and each chart of a page as a csv file of exactly its rows, made of what stands on the page when a reader
// asks for it: as Danish spreadsheets expect it (byte order mark, semicolon, decimal comma; on an English page comma and
// decimal point), a number as a number, and what stands instead of a number as a mark in the column beside. Two numbers
// in a cell are two columns.
"use strict";
(function () {
  var english = document.documentElement.lang === "en";
  var THOUSANDS = english ? "," : "\\.", DECIMALS = "(?:" + (english ? "\\." : ",") + "\\d+)?", DIVIDED = english ? "," : ";";
  var NUMBER = "([-\u2212]?\\d{1,3}(?:" + THOUSANDS + "\\d{3})+" + DECIMALS + "|[-\u2212]?\\d+" + DECIMALS + ")";
  var KINDS = [
    { form: new RegExp("^" + NUMBER + "$"), names: [""] },
    { form: new RegExp("^" + NUMBER + "\u2013" + NUMBER + "$"), names: english ? [", low", ", high"] : [", nedre", ", øvre"] },
    { form: new RegExp("^" + NUMBER + " af " + NUMBER + "(?: \\*)?$"), names: [": antal", ": af"] },
    { form: new RegExp("^" + NUMBER + " \\(" + NUMBER + "\u2013" + NUMBER + "\\)$"), names: ["", ", nedre", ", øvre"] }
  ];
  var MARKS = { "..": english ? "hidden" : "skjult", "\u2013": english ? "none" : "ingen", "få": "få", "vises ikke": "vises ikke", "": "" };

  function words(node) {
    var found = [], walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) { found.push(walker.currentNode.nodeValue); }
    return found.join(" ").replace(/\s+/g, " ").replace(/ ([,.:;)])/g, "$1").trim();
  }
  function told(cell) { return cell.querySelector(".hid") ? ".." : words(cell); }
  function plainNumber(text) { return text.replace(new RegExp(THOUSANDS, "g"), "").replace("\u2212", "-"); }
  function field(text) {
    // A text that a spreadsheet would read as a formula gets an apostrophe in front.
    if (/^[=+@\t]/.test(text) || (/^-/.test(text) && !/^-\d+([,.]\d+)?$/.test(text))) { text = "'" + text; }
    return text.indexOf(DIVIDED) >= 0 || /["\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  }

  // The headings above each column, down through two rows of them (side.js, which stands before this script).
  function headings(table) {
    var grid = window.headingGrid(table);
    return grid[0].map(function (_, column) {
      var above = grid.map(function (row) { return row[column]; });
      if (above[0].classList.contains("scale")) { return null; }
      return above.filter(function (cell, level) { return above.indexOf(cell) === level; }).map(words).join(": ");
    });
  }

  // A row that is one heading names the rows below it.
  function bodyRows(table) {
    var group = "", rows = [], grouped = false;
    Array.prototype.forEach.call(table.tBodies, function (body) {
      Array.prototype.forEach.call(body.rows, function (row) {
        if (row.hidden) { return; }
        if (row.cells.length === 1 && row.cells[0].scope === "rowgroup") {
          group = words(row.cells[0]);
          grouped = true;
        } else {
          rows.push([group].concat(Array.prototype.map.call(row.cells, told)));
        }
      });
    });
    return { rows: rows, grouped: grouped };
  }

  function column(name, texts) {
    var fits = function (kind) {
      return texts.every(function (text) { return text in MARKS || kind.form.test(text); }) &&
        texts.some(function (text) { return kind.form.test(text); });
    };
    var kind = KINDS.filter(fits)[0];
    if (!kind) { return [[name].concat(texts)]; }
    var made = kind.names.map(function (more, part) {
      return [name + more].concat(texts.map(function (text) {
        var found = kind.form.exec(text);
        return found ? plainNumber(found[part + 1]) : "";
      }));
    });
    if (texts.some(function (text) { return text && text in MARKS; })) {
      made.push([name + (english ? ", mark" : ", mærke")].concat(texts.map(function (text) { return text in MARKS ? MARKS[text] : ""; })));
    }
    return made;
  }

  function tableRows(table) {
    var names = headings(table), body = bodyRows(table), columns = [];
    if (body.grouped) { columns.push(["Gruppe"].concat(body.rows.map(function (row) { return row[0]; }))); }
    names.forEach(function (name, at) {
      if (name === null) { return; }
      var texts = body.rows.map(function (row) { return row[at + 1] || ""; });
      columns = columns.concat(at === 0 ? [[name].concat(texts)] : column(name, texts));
    });
    return columns[0].map(function (_, row) { return columns.map(function (one) { return one[row]; }); });
  }

  function share(value) { return value === null || value === undefined ? "" : String(value).replace(".", ","); }

  function chartRows(content) {
    if (content.t === "tragt") {
      return [["Navn", "Forfaldne", "Til tiden", "Andel, pct.", "Hele landet, pct."]].concat(content.d.map(function (p) {
        return [p[0], String(p[2]), String(p[1]), (100 * p[1] / p[2]).toFixed(2).replace(".", ","), share(content.s)];
      }));
    }
    var rows = [["Opgørelse", "Periode", "Forfaldne", "Til tiden", "Andel, pct.", "95 pct.-interval, nedre", "95 pct.-interval, øvre", "Mærke"]];
    content.d.forEach(function (trace) {
      var isRolling = trace.k === "r";
      trace.y.forEach(function (value, at) {
        var count = trace.n[at], mark = "";
        if (value === null) { mark = !count ? "skjult" : count[1] === 0 ? "ingen" : "få"; }
        rows.push([
          isRolling ? "rullende fire kvartaler" : "kvartal", window.periodName(isRolling, content.q[at]), count ? String(count[1]) : "",
          count ? String(count[0]) : "", share(value), value === null || !trace.lo ? "" : share(trace.lo[at]),
          value === null || !trace.hi ? "" : share(trace.hi[at]), mark
        ]);
      });
    });
    return rows;
  }

  function save(name, rows) {
    var text = "\ufeff" + rows.map(function (row) { return row.map(field).join(DIVIDED); }).join("\r\n") + "\r\n";
    var link = document.createElement("a"), place = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    link.href = place;
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(place); }, 1000);
  }
  function fileName(about) {
    var letters = { "æ": "ae", "ø": "oe", "å": "aa" };
    return (words(document.querySelector("h1")) + " " + about).toLowerCase().replace(/[æøå]/g, function (one) { return letters[one]; })
      .replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 90) + ".csv";
  }

  function offer(about, rows) {
    var line = document.createElement("p"), button = document.createElement("button"), more = document.createElement("span");
    line.className = "take";
    button.type = "button";
    button.textContent = english ? "Download as csv" : "Hent som csv";
    more.className = "sr";
    more.textContent = ": " + about;
    button.appendChild(more);
    button.addEventListener("click", function () { save(fileName(about), rows()); });
    line.appendChild(button);
    return line;
  }

  Array.prototype.forEach.call(document.querySelectorAll("main table"), function (table) {
    if (!table.tHead || !table.caption) { return; }
    var scroll = table.closest(".scroll"), line = offer(words(table.caption) || "tabel", function () { return tableRows(table); });
    if (scroll && !scroll.hidden) { scroll.insertAdjacentElement("afterend", line); } else { (scroll || table.parentNode).appendChild(line); }
  });
  Array.prototype.forEach.call(document.querySelectorAll(".chart"), function (figure) {
    var data = figure.querySelector(".chart-data");
    if (!data) { return; }
    var about = "figuren " + figure.querySelector(".drawn svg").getAttribute("aria-label").split(":")[0];
    figure.appendChild(offer(about, function () { return chartRows(JSON.parse(data.textContent)); }));
  });
})();
