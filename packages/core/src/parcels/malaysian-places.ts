/** A place a guest may see. `aliases` are other spellings and short forms; the name is what is shown. */
export type Place = { name: string; aliases: readonly string[]; isTown: boolean }

/**
 * States and federal territories, then their cities, district towns, suburbs with courier hubs, and airports.
 * `name=alias=alias`, separated by commas. Left out on purpose: towns whose name is a common given name, surname or
 * word, such as Maran, Song, Yan, Bau and Selama, and short forms that mean other things as well.
 */
const townsByState: Record<string, string> = {
  'Johor=Johore=JHR=Johor Darul Takzim': `
    Johor Bahru=JB=Johor Baharu=Johore Bahru=J Bahru=JHB, Batu Pahat=Bt Pahat, Muar=Bandar Maharani, Kluang=Keluang,
    Segamat, Pontian=Pontian Kechil=Pontian Kecil, Kota Tinggi, Mersing, Kulai=Kulaijaya, Tangkak, Skudai,
    Senai=Senai Airport, Masai, Pasir Gudang=Psr Gudang, Gelang Patah, Iskandar Puteri=Nusajaya, Ulu Tiram=Hulu Tiram,
    Tebrau, Tampoi, Plentong, Permas Jaya, Taman Johor Jaya, Bukit Indah, Kempas, Setia Tropika, Taman Molek,
    Taman Mount Austin=Mount Austin, Perling, Tanjung Langsat, Port of Tanjung Pelepas=PTP=Tanjung Pelepas, Pengerang,
    Bandar Penawar, Yong Peng, Ayer Hitam=Air Hitam, Parit Raja, Simpang Renggam=Simpang Rengam, Rengit, Senggarang,
    Sri Medan=Seri Medan, Labis, Bekok, Chaah, Jementah, Buloh Kasap, Batu Anam, Gemas Baharu, Bukit Gambir, Pagoh,
    Parit Sulong, Bukit Pasir, Parit Jawa, Layang-Layang, Paloh, Kahang, Pekan Nanas=Pekan Nenas, Benut, Kukup, Endau,
    Jemaluang, Bandar Tenggara, Kota Masai, Sedenak, Kelapa Sawit, Ledang, Sagil, Serom, Bandar Seri Alam=Seri Alam,
    Desaru, Sungai Rengit, Semerah, Taman Daya, Taman Universiti`,
  'Kedah=KDH=Kedah Darul Aman': `
    Alor Setar=Alor Star=AOR, Sungai Petani=Sg Petani, Kulim, Kulim Hi-Tech Park=Kulim Hi Tech=KHTP,
    Langkawi=Pulau Langkawi=LGK, Jitra, Changlun=Changloon, Bukit Kayu Hitam, Baling, Kuala Ketil, Pendang,
    Pokok Sena, Kuala Nerang, Padang Terap, Kota Setar, Kuala Muda, Kubang Pasu, Bandar Baharu, Gurun, Bedong, Merbok,
    Tikam Batu, Padang Serai, Guar Chempedak, Kuala Kedah, Kota Sarang Semut, Kodiang, Sintok, Kupang, Mergong,
    Anak Bukit, Pulai, Bandar Laguna Merbok`,
  'Kelantan=KTN=Kelantan Darul Naim': `
    Kota Bharu=Kota Baru=Kota Bahru=Kota Baharu=KBR, Pasir Mas, Tumpat, Tanah Merah, Machang, Pasir Puteh=Pasir Putih,
    Bachok, Kuala Krai=Kuala Kerai, Gua Musang, Jeli, Ketereh, Kubang Kerian, Pengkalan Chepa, Wakaf Bharu=Wakaf Baru,
    Rantau Panjang, Peringat, Pulai Chondong, Selising, Cherang Ruku, Dabong, Ayer Lanas, Kok Lanas, Temangan,
    Manek Urai, Lojing, Kadok`,
  'Melaka=Malacca=MLK=Melaka Bandaraya Bersejarah': `
    Melaka City=Melaka Tengah=Bandar Melaka=Bandaraya Melaka=Malacca City, Alor Gajah, Jasin, Ayer Keroh=Air Keroh,
    Batu Berendam, Bukit Beruang, Krubong, Bukit Baru, Bukit Katil, Klebang, Tanjung Kling=Tanjung Keling,
    Sungai Udang=Sg Udang, Masjid Tanah, Durian Tunggal, Merlimau, Bemban, Selandar, Kuala Sungai Baru, Lubok China,
    Pulau Sebang, Serkam, Umbai, Peringgit, Malim Jaya, Semabok, Duyong, Telok Mas, Tangga Batu, Lendu, Rembia`,
  'Negeri Sembilan=NSN=N Sembilan=N9=Negri Sembilan=Negeri Sembilan Darul Khusus': `
    Seremban=Seremban 2, Port Dickson=PD=Pt Dickson, Nilai=Bandar Baru Nilai, Rembau, Tampin, Kuala Pilah, Jempol,
    Bahau, Jelebu, Kuala Klawang, Senawang, Sendayan=Bandar Sri Sendayan, Rasah, Mambau, Mantin, Lenggeng,
    Enstek=Bandar Enstek=Bandar Baru Enstek, Gemas, Gemencheh, Bandar Seri Jempol, Serting, Johol, Tanjung Ipoh,
    Lukut, Telok Kemang, Pasir Panjang, Si Rusa, Batu Kikir, Sikamat, Paroi, Temiang`,
  'Pahang=PHG=Pahang Darul Makmur': `
    Kuantan, Temerloh, Bentong, Mentakab, Raub, Jerantut, Pekan Pahang, Kuala Lipis=Lipis, Cameron Highlands,
    Tanah Rata, Brinchang, Ringlet, Genting Highlands=Genting, Bukit Tinggi, Kuala Rompin=Rompin,
    Muadzam Shah=Bandar Muadzam Shah, Bera=Bandar Bera, Triang, Kemayan, Lanchang, Karak,
    Bandar Tun Abdul Razak Jengka=Bandar Jengka=Jengka, Chenor, Gambang, Indera Mahkota, Beserah, Cherating, Gebeng,
    Sungai Lembing, Balok, Semambu, Benta, Padang Tengku, Sungai Koyan, Tioman=Pulau Tioman, Kuala Tahan, Kuala Krau,
    Mempaga, Sungai Ruan, Fraser's Hill=Frasers Hill=Bukit Fraser, Nenasi, Kuala Tembeling`,
  'Penang=Pulau Pinang=P Pinang=Penang Island': `
    George Town=Georgetown, Bayan Lepas, Bayan Baru, Butterworth, Bukit Mertajam=Bkt Mertajam=BM,
    Seberang Perai=Seberang Prai, Seberang Jaya, Prai=Perai, Nibong Tebal, Simpang Ampat=Simpang Empat, Batu Kawan,
    Juru, Kepala Batas, Tasek Gelugor, Air Itam=Ayer Itam, Jelutong, Gelugor, Sungai Dua, Sungai Ara, Relau,
    Balik Pulau, Teluk Kumbar=Telok Kumbar, Batu Maung, Tanjung Tokong, Tanjung Bungah=Tanjong Bungah=Tanjung Bunga,
    Batu Ferringhi=Batu Feringghi, Pulau Tikus, Sungai Nibong, Bukit Jambul, Bukit Minyak,
    Machang Bubok=Machang Bubuk, Permatang Pauh, Permatang Tinggi, Penaga, Bagan Ajam, Bagan Luar, Mak Mandin,
    Raja Uda, Valdor, Sungai Bakap, Sungai Jawi, Jawi, Perai Industrial Estate,
    Penang Airport=Penang International Airport, Farlim, Paya Terubong, Bandar Cassia`,
  'Perak=PRK=Perak Darul Ridzuan': `
    Ipoh=IPH, Taiping, Teluk Intan=Telok Intan=Teluk Anson, Sitiawan=Setiawan, Seri Manjung=Sri Manjung=Manjung,
    Lumut, Ayer Tawar, Pangkor=Pulau Pangkor, Kuala Kangsar, Batu Gajah, Kampar, Gopeng, Tapah, Bidor, Sungkai,
    Slim River, Tanjung Malim=Tanjong Malim, Behrang, Trolak, Parit Buntar, Bagan Serai, Kamunting, Simpang Perak,
    Sungai Siput, Gerik=Grik, Lenggong, Pengkalan Hulu=Kroh, Menglembu, Bercham, Pasir Pinji, Simpang Pulai, Chemor,
    Tambun, Lahat, Jelapang, Falim, Silibin, Meru Raya=Bandar Meru Raya, Manjoi, Gunung Rapat, Tasek,
    Seri Iskandar=Sri Iskandar, Bota, Beruas, Pantai Remis, Changkat Jering, Changkat Keruing, Kuala Kurau,
    Kuala Gula, Bagan Datuk=Bagan Datoh, Hutan Melintang, Langkap, Chenderiang, Temoh, Malim Nawar, Tanjung Tualang,
    Siputeh, Tronoh, Manong, Padang Rengas, Ulu Bernam, Chenderong Balai, Kinta, Hilir Perak, Larut Matang`,
  'Perlis=PLS=Perlis Indera Kayangan': `
    Kangar, Arau, Padang Besar, Kuala Perlis, Beseri, Chuping, Kaki Bukit, Mata Ayer, Pauh Putra, Wang Kelian,
    Sanglang`,
  'Sabah=SBH=Sabah Negeri Di Bawah Bayu': `
    Kota Kinabalu=KK=BKI=K Kinabalu, Sandakan=SDK, Tawau=TWU, Lahad Datu, Keningau, Semporna, Kudat, Ranau, Beaufort,
    Papar, Tuaran, Penampang, Putatan, Inanam, Menggatal, Likas, Luyang, Kepayan, Donggongon, Tanjung Aru, Sepanggar,
    Telipok, Tamparuli, Kota Belud, Kota Marudu, Pitas, Kinarut, Kimanis, Bongawan, Membakut, Kuala Penyu, Sipitang,
    Tenom, Tambunan, Nabawan, Kundasang, Telupid, Beluran, Tongod, Kinabatangan=Kota Kinabatangan, Kunak, Kalabakan,
    Menumbok, Tungku, Batu Sapi, Kota Kinabalu Industrial Park=KKIP, Alamesra, Kolombong`,
  'Sarawak=SWK=Sarawak Bumi Kenyalang': `
    Kuching=KCH, Miri=MYY, Sibu=SBW, Bintulu=BTU, Sarikei, Sri Aman=Seri Aman=Simanggang, Kapit, Limbang, Mukah,
    Betong, Samarahan=Kota Samarahan, Serian, Lawas, Marudi, Kanowit, Kota Sentosa, Petra Jaya, Batu Kawah, Padungan,
    Tabuan Jaya, Stutong, Matang Jaya, Siburan, Tebedu, Lundu, Sematan, Asajaya, Simunjan, Sebuyau, Saratok, Roban,
    Debak, Spaoh, Engkilili, Lubok Antu, Bintangor=Binatang, Julau, Meradong, Daro, Matu, Dalat, Oya, Balingian,
    Tatau, Sebauh, Belaga, Niah, Batu Niah, Bekenu, Lutong, Senadin, Permyjaya=Permy Jaya, Pujut, Long Lama, Trusan,
    Selangau, Samalaju, Kidurong, Sungai Merah`,
  'Selangor=SGR=Selangor Darul Ehsan': `
    Shah Alam=S Alam, Petaling Jaya=PJ=P Jaya, Klang=Kelang, Port Klang=Pelabuhan Klang=Pel Klang=Westport=Northport,
    Subang Jaya, Subang=Subang Airport=SZB, Puchong=Bandar Puteri Puchong, Kajang, Bangi=Bandar Baru Bangi, Semenyih,
    Seri Kembangan=Sri Kembangan=Serdang=Seri Serdang, Balakong, Bandar Sungai Long=Sungai Long=Sg Long,
    Ampang=Ampang Jaya, Gombak, Selayang, Batu Caves, Rawang, Sungai Buloh=Sg Buloh=Sungai Buluh, Kuala Selangor,
    Sabak Bernam, Hulu Selangor=Ulu Selangor, Kuala Kubu Bharu=KKB=Kuala Kubu Baru, Batang Kali, Serendah,
    Bukit Beruntung, Kundang, Ijok, Bestari Jaya=Batang Berjuntai, Tanjong Karang=Tanjung Karang, Sekinchan,
    Sungai Besar, Jenjarom, Banting, Telok Panglima Garang=Teluk Panglima Garang, Morib, Sepang, Dengkil, Cyberjaya,
    Salak Tinggi=Bandar Baru Salak Tinggi, Kota Warisan, Sungai Pelek,
    KLIA=Kuala Lumpur International Airport=KLIA1=KLIA2=KLIA 2=KLIA Cargo, Bukit Raja=Bandar Bukit Raja, Kapar, Meru,
    Setia Alam, Kota Kemuning, Bukit Jelutong, Glenmarie=Hicom Glenmarie, Batu Tiga, Subang Hi-Tech, Kota Damansara,
    Damansara=Damansara Utama, Ara Damansara, Bandar Utama, Kelana Jaya, Bandar Sunway=Sunway, USJ, Putra Heights,
    Bandar Kinrara, Pulau Indah, Pandamaran, Bandar Botanic, Bandar Saujana Putra, Bukit Rahman Putra, Taman Melawati,
    Hulu Langat=Ulu Langat, Beranang, Saujana Utama, Puncak Alam=Bandar Puncak Alam, Denai Alam, Bukit Subang,
    Petaling, Country Homes, Kuala Langat, Hulu Kelang=Ulu Klang, Pandan Indah, Eco Majestic`,
  'Terengganu=Trengganu=TRG=Terengganu Darul Iman': `
    Kuala Terengganu=K Terengganu=KT=TGG, Kemaman=Chukai=Cukai, Dungun=Kuala Dungun, Kerteh=Kertih, Paka,
    Besut=Kampung Raja, Jerteh=Jertih, Kuala Besut, Setiu, Bandar Permaisuri, Marang, Hulu Terengganu, Kuala Berang,
    Ajil, Kuala Nerus, Gong Badak, Batu Rakit, Manir, Chendering, Wakaf Tapai, Bukit Besi, Ketengah Jaya, Ceneh,
    Kijal, Kemasik, Al Muktafi Billah Shah, Sungai Tong, Chalok, Redang=Pulau Redang, Seberang Takir`,
  'Kuala Lumpur=KL=KUL=WP Kuala Lumpur=W P Kuala Lumpur=Wilayah Persekutuan Kuala Lumpur': `
    Cheras, Kepong, Setapak, Segambut, Sentul, Bangsar, Brickfields, Bukit Bintang, Bukit Jalil,
    Sri Petaling=Seri Petaling, Sungai Besi=Sg Besi, Salak Selatan, Old Klang Road, Mont Kiara, Sri Hartamas,
    Taman Tun Dr Ismail=TTDI, Wangsa Maju, Setiawangsa, Titiwangsa, Jinjang, Pudu, Chow Kit, KLCC,
    KL Sentral=KL Central, Dutamas, Desa Petaling, Bandar Tun Razak, Bandar Tasik Selatan, Pantai Dalam,
    Kerinchi=Bangsar South, Lembah Pantai, Taman Desa, Maluri, Keramat, Datuk Keramat, Gombak Setia, Danau Kota,
    Taman Melati, Bukit Damansara=Damansara Heights, Desa Pandan, Imbi, Taman Connaught,
    Bandar Sri Permaisuri, Kuchai Lama, Happy Garden, Sri Damansara=Bandar Sri Damansara=Seri Damansara`,
  'Labuan=WP Labuan=LBU=Wilayah Persekutuan Labuan': `
    Labuan Airport`,
  'Putrajaya=PJY=WP Putrajaya=Wilayah Persekutuan Putrajaya': `
    Putrajaya Sentral`,
}

const toPlace = (entry: string, isTown: boolean): Place => {
  const [name = '', ...aliases] = entry.split('=').map((part) => part.trim())
  return { name, aliases, isTown }
}

export const malaysianPlaces: readonly Place[] = Object.entries(townsByState).flatMap(([state, towns]) => [
  toPlace(state, false),
  ...towns.split(',').map((town) => toPlace(town, true)),
])
