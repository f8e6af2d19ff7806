/** Every code a usage error can have, with what it means. */
export const usageCodes = {
  E_ACTOR: 'Work was to be done by somebody whom records of it could not name.',
  E_TOKEN_BYTES: 'A token was asked for that could be guessed, or that is absurdly long.',
  E_ALPHABET: 'Random text was asked for from an alphabet that cannot give it.',
  E_HASH_ALGORITHM: 'A digest was asked for that is broken or unknown.',
  E_SIGNING_KEY: 'Values were to be signed without a key, or with one that could be guessed.',
  E_SIGNING_PURPOSE: 'A purpose of signed values has no name, or its values count for a time that is none.',
  E_SIGNED_VALUE: 'A value was to be signed that would come back as something else, or that is too long.',
  E_PASSWORD_COST: 'Passwords were to be hashed at a cost that is too low to protect them, or too high to be met.',
  E_PASSWORD_HASH: 'A stored password hash is not one that this framework can read.',
  E_TRUSTED_PROXIES: 'The proxies to trust are given in a way that trusts nobody in particular.',
  E_SLUG_OPTIONS: 'Slugs were asked for with a separator or length that no slug can have.',
  E_RANK: 'Ranks were asked for beside a text that is none, or between two that are not in order.',
  E_UUID_VERSION: 'A UUID version was asked for that RFC 9562 does not define.',
  E_VALIDATOR_OPTIONS: 'A validator refuses the options it was given.',
  E_TIME_LIMIT: 'A statement, a lock or an idle transaction was given a time that is none.',
  E_CLOCK: 'The clock of a data source says something that is no instant a database can hold.',
  E_NOT_LOADED: 'A condition on related rows was asked of a row in memory without them.',
  E_FILE_KEY: 'A file was to be stored under a key that not every storage can have, or that is in use.',
  E_UPLOAD_STORED: 'A file that was received was to be stored after its request had ended.',
  E_CACHE_KEY: 'A cache was given a key that not every store can have.',
  E_CACHE_VALUE: 'A cache was given a value that would come back as something else.',
  E_CACHE_SIZE: 'A cache in memory was told to hold a number of characters that is none.',
  E_CACHE_TIMEOUT: 'A cache was told to keep something for a time that is none.',
  E_RATE_COST: 'A use costs more of a rate limit than there is, or nothing that can be counted.',
  E_RATE_LEASE: 'Leases of what runs at the same time were to last a time that is none.',
  E_RATE_PLACES: 'A store of rate limits was to count what runs at the same time, which it cannot.',
  E_RULE_ANSWER: 'A permission or another rule answered neither yes nor no, which is neither taken for the other.',
  E_ANNOUNCEMENT: 'A trait announces something that its `announces` does not list.',
  E_SCOPE_VALUES:
    'A scope gives no value for something, or no values at all, which would show all rows, or one for no property.',
  E_MISSING_PART: 'An entity was asked for a trait, verb, relation, table, order or slug that it does not have.',
  E_ENGINE: 'A data source is of an engine on which models do not run.',
  E_RELATED_CONDITION: 'A condition about related rows stands where there is no query that could ask it.',
  E_REVIVAL: 'A verb that should bring a row back left it hidden.',
  E_SEVERAL_KEYS: 'Rows known by several columns were to be told by one value, or one value of them was given alone.',
  E_UNKNOWN_VALUE:
    'A row was to be written with a value for something that is no property of it, or a relation whose keys it does not hold.',
  E_UNDEFINED_VALUE: 'A value to look for is undefined, which would widen the question.',
  E_LIST_ORDER: 'A selection orders a list by something that has no order there.',
  E_FAILURE: 'A failure of a service was made without a message or a code.',
  E_REPLY: 'An answer of JSON was to be made of what JSON cannot hold, such as a promise, a Map or a bigint.',
  E_PARENT_NOT_FOUND: 'Rows under a row that a route names were asked for before that row was found.',
  E_ROWS_LEFT_OUT: 'A trigger left out some rows of a statement that writes all or none; the others are written.',
  E_PEER_MISSING: 'A feature needs a package that is not installed.',
} as const

/** The code of a wrong call; each stands in `usageCodes` with what it means. */
export type UsageCode = keyof typeof usageCodes

/** A call that is wrong whatever the data: a mistake in the program that makes it, not in its input. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code: UsageCode

  constructor(code: UsageCode, message: string, options?: { readonly cause?: unknown }) {
    super(`${message}\n[${code}]`, options)
    this.code = code
  }
}
