/** Types of problems that others have defined, by the codes of those that are the same. */
const sharedTypes: Readonly<Record<string, string>> = {
  // draft-ietf-httpapi-ratelimit-headers-11 section 5.1
  RATE_LIMITED: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
}

/** The `type` of a problem: the one that everybody uses for it, or one made of its code. */
export function typeOf(errorCode: string, typeBase: string): string {
  return Object.hasOwn(sharedTypes, errorCode) ? sharedTypes[errorCode]! : typeBase + errorCode.toLowerCase()
}
