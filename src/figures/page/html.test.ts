import { suite } from "uvu";
import * as assert from "uvu/assert";
import { escapeHtml, jsonForPage, pageHtml } from "./html.js";

const html = suite("html");

html("data can't end its element or open a comment, and reads back the same", () => {
  const data = { name: '</script><script>alert("x")</script><!-- ', list: [1, -0.5], deep: { a: "\u2028<" } };
  const json = jsonForPage(data);
  assert.not.match(json, "<");
  assert.equal(JSON.parse(json), data);
  assert.is(jsonForPage({ a: new Float64Array([1, Number.NaN]) }), '{"a":[1,null]}');
});

html("a script can't end its element", () => {
  const script = 'const a = "</SCRIPT>", b = "<!--";';
  const page = pageHtml({ title: "a & <b>", script, data: 1, body: "<main></main>" });
  assert.is(page.match(/<\/script>/gi)!.length, 2);
  assert.not.match(page, "<!--");
  assert.match(page, "<title>a &amp; &lt;b&gt;</title>");
  const inner = page.slice(page.lastIndexOf("<script>") + 8, page.lastIndexOf("</script>"));
  assert.is(new Function(`${inner} return a + b;`)(), "</SCRIPT><!--");
});

html("text is escaped for elements and attributes", () => {
  assert.is(escapeHtml(`<a href="x" id='y'>&`), "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;");
});

html.run();
