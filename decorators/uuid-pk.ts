import { type Adds, column, defineTrait, orderedUuid, parseUuid, ValidationError } from 'plinth'
import { v4 } from 'uuid'

const generators = { 4: v4, 7: orderedUuid } as const
const defaults: { readonly version: keyof typeof generators; readonly allowClientId: boolean } = {
  version: 7,
  allowClientId: false,
}

/**
 * A UUID as the primary key (RFC 9562), made by the application so that it is known before the row is written.
 * Version 7 sorts by creation, within a process strictly, and reveals its instant; choose version 4 where that must stay
 * unknown. The program may give a row its id, clients only with `allowClientId`: without it no input sets one. An id that
 * is given is written in lower case, and refused as `INVALID_ID` where it is none, nil or max, as `DUPLICATE_ID` where
 * another row has it. It is found in any spelling.
 */
export const UuidPk = defineTrait({
  name: 'UuidPk',
  defaults,
  columns: ({ allowClientId }) => ({
    id: column.uuid({ primary: true, immutable: true, writable: allowClientId, filled: true }),
  }),
  rules: ({ version }) => ({
    insert: { set: ({ id }) => ({ id: isGiven(id) ? wellFormed(id) : generators[version]() }) },
  }),
  verify: (_, { version }) => (version in generators ? undefined : `@UuidPk knows versions 4 and 7, not ${version}.`),
})

/** What `@UuidPk` gives an entity: the primary key `id`. */
export type UuidIdentified = Adds<typeof UuidPk>

const isGiven = (id: string | null | undefined): boolean => id !== undefined && id !== null

function wellFormed(id: string): string {
  const uuid = parseUuid(id)
  if (uuid !== undefined) return uuid
  throw new ValidationError('The id is not a UUID.', {
    errorCode: 'INVALID_ID',
    errors: [{ pointer: '#/id', code: 'uuid', message: 'must be a UUID' }],
  })
}
