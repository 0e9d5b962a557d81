/** What the words of a host's page mean, for those who rest on them. */

export const BOOT_WORDS = 'A boot: from one beginning of its request ids to the next. They begin again when llama-swap is restarted or reloads its configuration, or another machine answers there. Drover counts those it saw.';
export const GENERATION_WORDS = 'Which of the three forms of llama-swap\'s interface it speaks, by its release: what it can tell differs.';
export const PROFILE_WORDS = 'The profile that is active in its llama-swap';
