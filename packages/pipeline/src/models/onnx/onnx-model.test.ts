import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './graph-builder.js';
import { decodeOnnx, encodeOnnx, floatsOf, floatTensor, TENSOR_TYPE } from './onnx-model.js';

function small(): Uint8Array {
  const graph = new GraphBuilder('small');
  const input = graph.input('input', ['N', 2]);
  graph.output('output', graph.node('Relu', [input]), ['N', 2]);
  return graph.build();
}

describe('reading something that is no ONNX file', () => {
  it.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('<html>404 Not Found</html>')],
    ['a length that leads far beyond the end', Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0x7f, 1)],
    ['noise', Uint8Array.from({ length: 400 }, (_, i) => (i * 167) % 256)],
  ])('%s is refused', (_, bytes) => {
    expect(() => decodeOnnx(bytes)).toThrow(
      expect.objectContaining({
        code: 'CONVERSION_FAILED',
        message: expect.stringMatching(/expected an ONNX file/),
      }),
    );
  });

  it('every truncation is refused or gives a part, and never hangs', () => {
    const bytes = small();
    for (let length = 0; length < bytes.length; length++) {
      try {
        decodeOnnx(bytes.subarray(0, length));
      } catch (error) {
        expect(error).toMatchObject({ code: 'CONVERSION_FAILED' });
      }
    }
  });

  it('messages nested without end are refused', () => {
    let bytes = new Uint8Array();
    for (let depth = 0; depth < 2000; depth++) {
      // An unknown group, start and end: field 99.
      bytes = Uint8Array.of(0x9b, 0x06, ...bytes, 0x9c, 0x06);
    }
    expect(() => decodeOnnx(bytes)).toThrow(expect.objectContaining({ code: 'CONVERSION_FAILED' }));
  });
});

describe('reading and writing', () => {
  it('gives the same bytes', () => {
    const bytes = small();
    expect(encodeOnnx(decodeOnnx(bytes))).toEqual(bytes);
  });

  it('keeps fields that facedex does not know, and 64-bit integers that a number cannot hold', () => {
    const text = `
      syntax = "proto3";
      message ModelProto { int64 ir_version = 1; GraphProto graph = 7; string doc_string = 6; }
      message GraphProto { repeated NodeProto node = 1; string doc_string = 10; }
      message NodeProto { string op_type = 4; string doc_string = 6; repeated AttributeProto attribute = 5; }
      message AttributeProto { string name = 1; float f = 2; repeated int64 ints = 8; repeated float floats = 7; }`;
    const type = protobuf.parse(text).root.lookupType('ModelProto');
    const largest = '9223372036854775807';
    const attribute = [{ name: 'ends', f: 0.5, ints: [largest, -1], floats: [1, 2] }];
    const model = {
      irVersion: 7,
      docString: 'm',
      graph: { node: [{ opType: 'Slice', docString: 'n', attribute }], docString: 'g' },
    };
    const bytes = type.encode(model).finish();
    const again = type.decode(encodeOnnx(decodeOnnx(bytes)));
    expect(type.toObject(again)).toEqual(type.toObject(type.decode(bytes)));
  });
});

describe('the values of a constant', () => {
  it('are read at any offset of the file', () => {
    const file = new Uint8Array(9);
    new DataView(file.buffer).setFloat32(1, 1.5, true);
    new DataView(file.buffer).setFloat32(5, -2, true);
    const tensor = { name: 'w', dims: [2], dataType: TENSOR_TYPE.float, rawData: file.subarray(1) };
    expect([...floatsOf(tensor)]).toEqual([1.5, -2]);
  });

  it('are read from the list of floats too', () => {
    const tensor = { name: 'w', dims: [1, 2], dataType: TENSOR_TYPE.float, floatData: [3, 4] };
    expect([...floatsOf(tensor)]).toEqual([3, 4]);
  });

  it.each([
    ['too few', { ...floatTensor('w', [3], Float32Array.of(1, 2)) }],
    ['another type', { ...floatTensor('w', [2], Float32Array.of(1, 2)), dataType: 10 }],
    ['half a value', { name: 'w', dims: [1], dataType: 1, rawData: Uint8Array.of(1, 2) }],
  ])('%s is refused by name', (_, tensor) => {
    expect(() => floatsOf(tensor)).toThrow(/expected tensor w to hold/);
  });
});
