import type { MemberType } from '../../serializer/member-type.js'
import { checkTimestamp } from '../../serializer/time-check.js'
import { checkText } from '../native/strict-values.js'
import type { ParameterReading } from './query-reader.js'

/** Reads a text as a value, or says why it stands for none. */
export type TextReader = (text: string) => ParameterReading

const asText: TextReader = (text) => ({ value: text })

const readers: Readonly<Partial<Record<MemberType['kind'], TextReader>>> = {
  anything: asText,
  text: asText,
  number: (text) => checkText(text, Number) ?? { value: Number(text) },
  boolean: (text) => checkText(text, Boolean) ?? { value: text === 'true' },
  date: checkTimestamp,
}

/** The reader of the texts of a type; undefined where no text stands for one. */
export function textReader({ kind }: MemberType): TextReader | undefined {
  return readers[kind]
}

/** Reads several texts as values of one type; the first that stands for none is told. */
export function readTexts(texts: readonly string[], read: TextReader): ParameterReading {
  const values: unknown[] = []
  for (const text of texts) {
    const reading = read(text)
    if (!('value' in reading)) return reading
    values.push(reading.value)
  }
  return { value: values }
}
