/** The first guesses of those who guess passwords, of ten characters and more, in small letters. */
export const commonPasswords: ReadonlySet<string> = new Set(
  `1234567890 0123456789 0987654321 9876543210 12345678910 123456789a a123456789 123456789q q123456789 1q2w3e4r5t 1q2w3e4r5t6y
   1qaz2wsx3edc qwertyuiop qwerty1234 qwerty12345 qwerty123456 qwertyuiop123 asdfghjkl1 asdfghjkl; zxcvbnm123 1234qwerasdf qazwsxedcrfv
   password12 password123 password1234 password12345 password123! password@123 passw0rd123 p@ssw0rd123 p@ssword123 mypassword mypassword1
   iloveyou12 iloveyou123 iloveyou1234 iloveyou2024 iloveyou2025 iloveyou2026 welcome123 welcome1234 welcome2024 welcome2025 welcome2026
   admin12345 admin123456 administrator admin@1234 letmein123 letmein1234 changeme123 changeme1234 changemenow testtest123 test123456
   sunshine123 football123 baseball123 superman123 princess123 dragon12345 monkey12345 abcdefghij abcdefghijk abc1234567 abcd123456
   abcd12345678 abc123456789 aa123456789 qq123456789 malaysia123 malaysia1957 malaysia2024 malaysia2025 malaysia2026 katalaluan
   katalaluan1 katalaluan123 rahsia1234 selamat123 selamatpagi sayangku123 sayang12345 easyparcel easyparcel1 easyparcel123
   jejak12345 jejakjejak shopee1234 shopee12345 lazada1234 tiktokshop tiktokshop1`.split(/\s+/),
)
