export declare class DraftMembers {
  label: string
}
