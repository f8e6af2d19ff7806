import type { ModelRepository } from 'plinth'
import type { AuditEntry } from 'plinth/decorators'

export declare class AccountMembers {
  id: number
  name: string
  passwordHash: string
}

export declare class Seat {
  hall: string
  number: number
}

export declare const accounts: ModelRepository<AccountMembers>
export declare const seats: ModelRepository<Seat>
export declare const last: AuditEntry
export declare const operation: string
export declare const since: Date
export declare const until: Date
