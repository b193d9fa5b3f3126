/** What the parser of tables uses of Node's `Buffer`, for browsers: it is given UTF-8 and asks for nothing else. */
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export class Buffer extends Uint8Array {
  static allocUnsafe(length) {
    return new Buffer(length);
  }

  static from(value) {
    return new Buffer(typeof value === "string" ? encoder.encode(value) : value);
  }

  static isBuffer(value) {
    return value instanceof Buffer;
  }

  static concat(list) {
    return new Buffer(list.flatMap((part) => [...part]));
  }

  slice(start, end) {
    return this.subarray(start, end);
  }

  copy(target, at, start = 0, end = this.length) {
    target.set(this.subarray(start, end), at);
  }

  static compare(a, b) {
    return a.length === b.length && a.every((byte, i) => byte === b[i]) ? 0 : 1;
  }

  compare(other, start, end) {
    return Buffer.compare(this, other.subarray(start, end));
  }

  equals(other) {
    return Buffer.compare(this, other) === 0;
  }

  toString(_encoding, start = 0, end = this.length) {
    return decoder.decode(this.subarray(start, end));
  }
}
