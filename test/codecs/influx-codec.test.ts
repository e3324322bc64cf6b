import { describe, expect, it } from "vitest";
import { codecOf } from "../../src/codecs/index.js";
import { codecLaws } from "../conformance/codec.js";

const utf8 = (text: string) => new TextEncoder().encode(text);
const influx = codecOf("influx");
/** As InfluxDB's documentation has them. */
const DOCUMENTED = [
  "weather,location=us-midwest temperature=82 1465839830100400200",
  "weather,location=us-midwest,season=summer temperature=82,humidity=71 1465839830100400200",
  'weather,location=us-midwest temperature="too warm" 1465839830100400200',
  "weather,location\\ place=us-midwest temperature=82 1465839830100400200",
  'myMeasurement,tag1=value1,tag2=value2 fieldKey="fieldValue" 1556813561098000000',
  "myMeasurementName fieldKey=12485903u",
];

codecLaws(influx, [utf8(DOCUMENTED.join("\n")), utf8("m v=1"), utf8("# note\nm,a=b v=-1e-3,w=3i,x=t\r\n")]);

describe("influxCodec.read()", () => {
  const read = (text: string, arrival?: number) => influx.read(utf8(text), arrival);
  const at = (ms: number) => new Date(ms);

  it("reads measurement, tags, fields and time", () => {
    expect(read(DOCUMENTED.join("\n"), 5)).toEqual([
      { measurement: "weather", location: "us-midwest", temperature: 82, time: at(1_465_839_830_100) },
      {
        measurement: "weather",
        location: "us-midwest",
        season: "summer",
        temperature: 82,
        humidity: 71,
        time: at(1_465_839_830_100),
      },
      {
        measurement: "weather",
        location: "us-midwest",
        temperature: "too warm",
        time: at(1_465_839_830_100),
      },
      {
        measurement: "weather",
        "location place": "us-midwest",
        temperature: 82,
        time: at(1_465_839_830_100),
      },
      {
        measurement: "myMeasurement",
        tag1: "value1",
        tag2: "value2",
        fieldKey: "fieldValue",
        time: at(1_556_813_561_098),
      },
      { measurement: "myMeasurementName", fieldKey: 12_485_903, time: at(5) },
    ]);
  });

  it.each([
    ["m v=1i", 1],
    ["m v=-7", -7],
    ["m v=1.", 1],
    ["m v=1e3", 1000],
    ["m v=TRUE", true],
    ["m v=f", false],
    [String.raw`m v="a \"b\" \\ c,d=e"`, String.raw`a "b" \ c,d=e`],
    [String.raw`m\,x,k=a\=b v=2`, 2],
  ])("reads the value in %s", (line, value) => {
    expect(read(line)).toMatchObject([{ v: value }]);
  });

  it.each([
    ["seconds", "1465839830", 1_465_839_830_000],
    ["milliseconds", "1465839830100", 1_465_839_830_100],
    ["microseconds", "1465839830100400", 1_465_839_830_100],
    ["nanoseconds", "1465839830100400200", 1_465_839_830_100],
  ])("knows %s by their size", (_, digits, ms) => {
    expect(read(`m v=1 ${digits}`)).toMatchObject([{ time: at(ms) }]);
  });

  it.each([
    ["", "expected a line of line protocol, found none"],
    ["# nothing\n\n", "expected a line of line protocol, found none"],
    ['{"v":1}', "expected a field, NAME=VALUE in line protocol, found "],
    ["weather", 'expected a field, NAME=VALUE in line protocol, found ""'],
    ["m,a v=1", 'expected a tag, NAME=VALUE in line protocol, found " v=1"'],
    ["m v=", 'expected a value of field "v" in line protocol, found ""'],
    ["m v=NaN", 'expected a value of field "v" in line protocol, found "NaN"'],
    ['m v="open', String.raw`expected a value of field "v" in line protocol, found "\"open"`],
    ["m v=1 soon", 'expected a timestamp in line protocol, found "soon"'],
    ["m v=1 1 2", 'expected the end of the line in line protocol, found "2"'],
    ["m v=1\nm v", "expected a field, NAME=VALUE in line protocol"],
  ])("says what is wrong with %j", (text, detail) => {
    expect(read(text)).toEqual({ note: "unreadable", detail: expect.stringContaining(detail) });
  });

  it("reads a quarter of a million characters in linear time", () => {
    expect(read(`m ${"a=1,".repeat(60_000)}`)).toHaveProperty("note", "unreadable");
    expect(read(`m v="${"\\".repeat(250_000)}`)).toHaveProperty("note", "unreadable");
  });
});
