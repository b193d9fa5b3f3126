/**
 * What the renderer uses of chartjs-node-canvas, for the package: that one's dependency `canvas` downloads a binary when it
 * is installed, which many machines refuse, and a package can't put another in its place there as this checkout does.
 */
import { createCanvas } from "@napi-rs/canvas";
import { Chart, type ChartConfiguration, type ChartItem } from "chart.js/auto";

export class ChartJSNodeCanvas {
  readonly #options: { readonly width: number; readonly height: number; readonly backgroundColour: string };

  constructor(options: {
    readonly width: number;
    readonly height: number;
    readonly backgroundColour: string;
  }) {
    this.#options = options;
  }

  async renderToBuffer(configuration: ChartConfiguration): Promise<Buffer> {
    const { width, height, backgroundColour } = this.#options;
    const canvas = createCanvas(width, height);
    const background = {
      id: "background",
      beforeDraw: ({ ctx }: Chart) => {
        ctx.save();
        ctx.globalCompositeOperation = "destination-over";
        ctx.fillStyle = backgroundColour;
        ctx.fillRect(0, 0, width, height);
        ctx.restore();
      },
    };
    // What chart.js asks of an element of a page, a canvas without one lacks.
    const item = Object.assign(canvas, { style: {} }) as unknown as ChartItem;
    const chart = new Chart(item, {
      ...configuration,
      options: { ...configuration.options, responsive: false, animation: false },
      plugins: [...(configuration.plugins ?? []), background],
    });
    try {
      return await canvas.encode("png");
    } finally {
      chart.destroy();
    }
  }
}
