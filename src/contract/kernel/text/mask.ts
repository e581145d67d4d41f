/** What answers show where a secret is. Sent back as it is, it stands for the secret that is stored. */
export const MASK = '••••••';
