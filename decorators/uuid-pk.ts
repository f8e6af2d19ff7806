import { type Adds, column, defineTrait, ValidationError } from 'plinth'
import { v4, v7, validate } from 'uuid'

const generators = { 4: v4, 7: v7 } as const
const defaults: { readonly version: keyof typeof generators } = { version: 7 }

/**
 * A UUID as the primary key (RFC 9562), made by the application so that it is known before the row is written.
 * Version 7 sorts by creation and reveals its instant; choose version 4 where that must stay unknown.
 */
export const UuidPk = defineTrait({
  name: 'UuidPk',
  defaults,
  columns: () => ({ id: column.uuid({ primary: true, immutable: true }) }),
  rules: ({ version }) => ({
    insert: { set: (row) => ({ id: row.id ? wellFormed(row.id) : generators[version]() }) },
  }),
  verify: (_, { version }) => (version in generators ? undefined : `@UuidPk knows versions 4 and 7, not ${version}.`),
})

export type UuidIdentified = Adds<typeof UuidPk>

function wellFormed(id: string): string {
  if (validate(id)) return id.toLowerCase()
  throw new ValidationError('The id is not a UUID.', {
    errorCode: 'INVALID_ID',
    errors: [{ pointer: '#/id', code: 'uuid', message: 'must be a UUID' }],
  })
}
