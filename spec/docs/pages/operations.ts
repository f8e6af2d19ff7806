import type { Application } from 'plinth/container'

export declare const app: Application

export declare class Mailer {
  hello(options: { readonly signal: AbortSignal }): Promise<void>
}

export declare class MailCheck {
  check(signal: AbortSignal): Promise<void>
}

export declare const client: { ping(): Promise<void> }
