/** As much of the package as is used. */
declare module 'negotiator' {
  /** What one request asks for in its headers. */
  export default class Negotiator {
    constructor(request: { readonly headers: Readonly<Record<string, string | undefined>> })
    /** Those of some media types that the request accepts, the ones it likes best first. */
    mediaTypes(available: readonly string[]): readonly string[]
  }
}
