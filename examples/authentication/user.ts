declare module 'plinth' {
  interface User {
    readonly email?: string
  }
}

export {}
