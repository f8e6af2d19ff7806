import { ConflictError, pointerTo, ValidationError } from 'plinth'

/** The codes of everything that slugs refuse, with their statuses. */
export const slugRefusals = { SLUG_TAKEN: 409, SLUG_RESERVED: 400, SLUG_EMPTY: 400 } as const

/** Another row has the slug, or has had it. */
export function slugTaken(property: string, slug: string): ConflictError {
  return new ConflictError(`The slug "${slug}" is taken.`, {
    errorCode: 'SLUG_TAKEN',
    errors: [{ pointer: pointerTo(property), code: 'taken', message: 'is taken by another row' }],
    details: { slug },
  })
}

export function slugReserved(property: string, slug: string): ValidationError {
  return new ValidationError(`The slug "${slug}" is reserved.`, {
    errorCode: 'SLUG_RESERVED',
    errors: [{ pointer: pointerTo(property), code: 'reserved', message: 'is reserved' }],
    details: { slug },
  })
}

/** A text has no letter and no digit. */
export function slugEmpty(property: string): ValidationError {
  return new ValidationError(`No slug can be made from "${property}": it has neither letters nor digits.`, {
    errorCode: 'SLUG_EMPTY',
    names: [property],
    errors: [{ pointer: pointerTo(property), code: 'slug', message: 'must have a letter or a digit' }],
  })
}
