/**
 * XXH32, a checksum that takes 16 bytes at a time: damage is found, an attacker isn't.
 * Source: Collet, "xxHash fast digest algorithm" (github.com/Cyan4973/xxHash, doc/xxhash_spec.md, version 0.2.0).
 */

const p1 = 0x9e3779b1;
const p2 = 0x85ebca77;
const p3 = 0xc2b2ae3d;
const p4 = 0x27d4eb2f;
const p5 = 0x165667b1;

function rotated(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** The checksum of bytes, a whole number below 2³². */
export function xxh32(bytes: Uint8Array, seed = 0): number {
  const { length } = bytes;
  // Words are read where they are, which wants them at multiples of four bytes.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, length >>> 2);
  const blocks = length >>> 4;
  let hash = (seed + p5) | 0;
  if (blocks > 0) {
    let a = (seed + p1 + p2) | 0;
    let b = (seed + p2) | 0;
    let c = seed | 0;
    let d = (seed - p1) | 0;
    for (let i = 0; i < 4 * blocks; i += 4) {
      a = Math.imul(rotated((a + Math.imul(words[i]!, p2)) | 0, 13), p1);
      b = Math.imul(rotated((b + Math.imul(words[i + 1]!, p2)) | 0, 13), p1);
      c = Math.imul(rotated((c + Math.imul(words[i + 2]!, p2)) | 0, 13), p1);
      d = Math.imul(rotated((d + Math.imul(words[i + 3]!, p2)) | 0, 13), p1);
    }
    hash = (rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18)) | 0;
  }
  hash = (hash + length) | 0;
  for (let i = 4 * blocks; i < words.length; i++) {
    hash = Math.imul(rotated((hash + Math.imul(words[i]!, p3)) | 0, 17), p4);
  }
  for (let i = 4 * words.length; i < length; i++) {
    hash = Math.imul(rotated((hash + Math.imul(bytes[i]!, p5)) | 0, 11), p1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), p2);
  hash = Math.imul(hash ^ (hash >>> 13), p3);
  return (hash ^ (hash >>> 16)) >>> 0;
}
