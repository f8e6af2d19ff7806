import type { FieldError } from '../../errors/app-exception.js'
import { exceptionCodes } from '../../errors/exception-codes.js'
import { problemOf } from '../problem/problem.js'
import { StatusError } from '../problem/status-error.js'
import type { Components } from './components.js'
import type { ExampleObject, Reference } from './openapi-document.js'

const requestId = '6f1c1e0e-52a4-4f0e-9a70-6f0d3f6f4c11'

/** Parameters that are not known are refused by every action. */
const invalid: readonly FieldError[] = [
  { parameter: 'colour', code: 'unknown_parameter', message: 'is not known here' },
]

/** An example of every one of some problems of one status, by their codes. */
export function problemExamples(
  components: Components,
  status: number,
  codes: readonly string[],
): Readonly<Record<string, Reference>> {
  return Object.fromEntries(
    codes.map((code) => [
      code,
      components.example(code.replace(/[^\w.-]/g, ''), problemExample(components, status, code)),
    ]),
  )
}

function problemExample({ naming, problemStyle }: Components, status: number, code: string): ExampleObject {
  const errors = code === 'VALIDATION_ERROR' ? invalid : []
  const exception = new StatusError(status, '', { errorCode: code, errors })
  // Where in the program it arose is not to be shown of something that did not happen.
  const style = { ...problemStyle, exposeErrors: false }
  const value = naming.members({ ...problemOf(exception, { requestId }, style, naming) })
  const meaning = Object.hasOwn(exceptionCodes, code)
    ? exceptionCodes[code as keyof typeof exceptionCodes][1]
    : undefined
  return { ...(meaning !== undefined && { summary: meaning }), value }
}
