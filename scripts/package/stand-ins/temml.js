/** What figures use of temml: its package has a part for chemistry, which makes a fifth of it. */
import buildMathML from "temml/src/buildMathML.js";
import { StyleLevel } from "temml/src/constants.js";
import parseTree from "temml/src/parseTree.js";
import Settings from "temml/src/Settings.js";
import Style from "temml/src/Style.js";

function renderToString(formula, options) {
  const settings = new Settings(options);
  const tree = parseTree(formula, settings);
  const level = settings.displayMode ? StyleLevel.DISPLAY : StyleLevel.TEXT;
  const style = new Style({ level, maxSize: settings.maxSize });
  return buildMathML(tree, formula, style, settings).toMarkup();
}

export default { renderToString };
