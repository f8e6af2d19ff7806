import { definitionCodes, exceptionCodes, unitOfWorkCodes, usageCodes } from 'plinth'

/** The page of the documentation that lists every code, made from the tables in the source. */
export function errorsPage(): string {
  return [
    '# Errors',
    '',
    'Every error of plinth has a stable code. This page is made from the tables in the source: `npm run docs` writes it.',
    '',
    '## What callers are told',
    '',
    'Exceptions extend `AppException`: a message, an `errorCode` and a `statusCode`. Over HTTP each becomes a problem',
    'document (RFC 9457). Applications throw the same classes with codes of their own.',
    '',
    ...table(
      ['code', 'status', 'meaning'],
      Object.entries(exceptionCodes).map(([code, [status, meaning]]) => [`\`${code}\``, String(status), meaning]),
    ),
    '## What is wrong with declarations',
    '',
    'A `DefinitionError` is thrown when an application starts and holds every mistake: its code, the declarations with',
    'file and line, and what to do.',
    '',
    ...codes(definitionCodes),
    '## What is wrong with a call',
    '',
    'A `UsageError` is a mistake of the program that makes the call, whatever the data.',
    '',
    ...codes(usageCodes),
    '## What is wrong with a unit of work',
    '',
    'A `UnitOfWorkError` is thrown where `atomic()` is used in a way that cannot work.',
    '',
    ...codes(unitOfWorkCodes),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}

const codes = (meanings: Readonly<Record<string, string>>): readonly string[] =>
  table(
    ['code', 'meaning'],
    Object.entries(meanings).map(([code, meaning]) => [`\`${code}\``, meaning]),
  )

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [line(head), line(head.map(() => '---')), ...rows.map(line), '']
}
